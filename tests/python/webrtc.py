"""WebRTC by aiortc: `publish URL GRANT HERTZ [ICE_SERVERS]` sends a tone by WHIP until its input closes, through a
relay and not otherwise if there are servers for ICE (JSON), `listen URL GRANT` hears three seconds by WHEP and prints
them as a WAV file's samples (16 bit, mono, 48 kHz)."""

import asyncio
import fractions
import json
import math
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcconfiguration import RTCIceTransportPolicy

RATE = 48000
FRAME = 960


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hertz):
        super().__init__()
        self.hertz, self.sent, self.start = hertz, 0, None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.start = self.start or loop.time()
        await asyncio.sleep(max(0, self.start + self.sent / RATE - loop.time()))
        wave = (math.sin(2 * math.pi * self.hertz * (self.sent + n) / RATE) for n in range(FRAME))
        frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(struct.pack(f"<{FRAME}h", *(int(8000 * value) for value in wave)))
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.sent, fractions.Fraction(1, RATE)
        self.sent += FRAME
        return frame


def post(url, grant, sdp):
    headers = {"Authorization": f"Bearer {grant}", "Content-Type": "application/sdp"}
    request = urllib.request.Request(url, data=sdp.encode(), headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status, answer.headers["Location"], answer.read().decode()


async def connect(peer, url, grant):
    await peer.setLocalDescription(await peer.createOffer())
    loop = asyncio.get_running_loop()
    status, location, sdp = await loop.run_in_executor(None, post, url, grant, peer.localDescription.sdp)
    assert status == 201 and location, (status, location)
    await peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
    return urllib.parse.urljoin(url, location)


def leave(location):
    with urllib.request.urlopen(urllib.request.Request(location, method="DELETE"), timeout=20) as answer:
        assert answer.status == 200, answer.status


def relayed(servers):
    servers = [RTCIceServer(**server) for server in json.loads(servers)]
    return RTCConfiguration(iceServers=servers, iceTransportPolicy=RTCIceTransportPolicy.RELAY)


async def publish(url, grant, hertz, servers=None):
    peer, loop = RTCPeerConnection(servers and relayed(servers)), asyncio.get_running_loop()
    peer.addTransceiver(Tone(float(hertz)), direction="sendonly")
    location = await connect(peer, url, grant)
    print("sending", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    await loop.run_in_executor(None, leave, location)
    await peer.close()


async def listen(url, grant):
    peer, loop = RTCPeerConnection(), asyncio.get_running_loop()
    transceiver = peer.addTransceiver("audio", direction="recvonly")
    location = await connect(peer, url, grant)
    resampler, samples = av.AudioResampler(format="s16", layout="mono", rate=RATE), bytearray()
    while len(samples) < 3 * 2 * RATE:
        for frame in resampler.resample(await asyncio.wait_for(transceiver.receiver.track.recv(), 30)):
            samples += bytes(frame.planes[0])[: 2 * frame.samples]
    await loop.run_in_executor(None, leave, location)
    await peer.close()
    sys.stdout.buffer.write(samples)


try:
    asyncio.run({"publish": publish, "listen": listen}[sys.argv[1]](*sys.argv[2:]))
except urllib.error.HTTPError as refused:
    print(refused.code, refused.read().decode(), file=sys.stderr)
    sys.exit(2)
