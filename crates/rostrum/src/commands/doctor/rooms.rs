//! Checks of what live rooms need: the speakers' port, how it can be reached, and that speech is not held up.

use std::net::{IpAddr, UdpSocket};

use rostrum_stage::Priority;

use super::{Check, Finding};
use crate::config::Config;
use crate::supervise::{DataFolder, reserve_rtc};

pub(super) fn port(config: &Config) -> Finding {
    let check = Check("speakers' port", "Speakers' sound comes in there, by UDP or, where that is blocked, by TCP.");
    let listen = config.rtc.listen;
    let Err(error) = reserve_rtc(listen) else { return check.good(format!("{listen}, UDP and TCP")) };
    if config.data.exists() && DataFolder::prepare(&config.data).is_err() {
        return check.good(format!("{listen}, and Rostrum is serving"));
    }
    check.bad(format!("{error:#}"), "Free the address or choose another.")
}

pub(super) fn reach(config: &Config) -> Finding {
    let check = Check("speakers' way in", "A speaker's browser sends sound to the address that it is told.");
    let (listen, told) = (config.rtc.listen, config.rtc.public_ip);
    if let Some(told) = told {
        let open = format!("speakers are told {told}, port {}; let UDP and TCP through to it", listen.port());
        return check.good(open);
    }
    if listen.ip().is_loopback() {
        if config.http.listen.ip().is_loopback() && config.http.public_url.is_none() {
            return check.good("this machine only, as the site");
        }
        let found = format!("speakers are told {}, which is this machine only", listen.ip());
        return check
            .bad(found, format!("Set rtc.listen to 0.0.0.0:{} and open that port for UDP and TCP.", listen.port()));
    }
    let own = if listen.ip().is_unspecified() { outward() } else { Some(listen.ip()) };
    match own {
        Some(own) if is_private(own) && config.http.public_url.is_some() => check.odd(
            format!("speakers are told {own}, an address of a private network"),
            format!(
                "If listeners come from elsewhere, set rtc.public_ip to the router's address and let it map port {} \
                for UDP and TCP.",
                listen.port()
            ),
        ),
        Some(own) => check.good(format!("speakers are told {own}, port {}; let UDP and TCP through", listen.port())),
        None => check.odd("this machine has no way out", "Connect it to a network; until then only it can speak."),
    }
}

pub(super) fn relay(config: &Config) -> Finding {
    let check =
        Check("speakers' relay", "From some companies' networks nothing gets out but HTTPS; sound then needs it.");
    match config.relay_url(config.http.listen) {
        Some(url) => check.good(url),
        None if config.http.public_url.is_none() => check.good("none; the site is of this machine or network"),
        None => check.odd(
            "none; a proxy in front ends TLS, and TURN does not pass through it",
            "Let Rostrum end TLS itself (http.tls_certificate, http.tls_key), or accept that some guests only listen.",
        ),
    }
}

/// The address that this machine uses towards the world; nothing is sent to find out.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified())
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private() || ip.is_link_local() || a == 100 && (64..128).contains(&b)
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Tried on a thread of its own: this command shall not come before other work itself.
pub(super) fn priority() -> Finding {
    let check = Check("real-time priority", "Without it speech stutters when other programs keep the machine busy.");
    match std::thread::spawn(rostrum_stage::raise).join() {
        Ok(Priority::RealTime) => check.good("granted to the stage's threads"),
        _ => check.odd(
            "not granted; the stage runs as ordinary work",
            "Allow it to this user: `LimitRTPRIO=20` in a systemd unit, or `rtprio 20` in /etc/security/limits.conf.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::super::tests::config;
    use super::*;

    #[test]
    fn a_port_that_nobody_can_reach_is_noticed() {
        let data = tempfile::tempdir().unwrap();
        let state = |more: &[(&str, &str)]| reach(&config(data.path(), more)).state;
        assert_eq!(state(&[]), State::Good, "a site for this machine");
        let public = ("http.public_url", "https://radio.example");
        assert_eq!(state(&[public]), State::Bad);
        assert_eq!(state(&[public, ("rtc.public_ip", "203.0.113.7")]), State::Good);
        assert_eq!(state(&[public, ("rtc.listen", "192.168.1.5:3478")]), State::Odd);
        assert_eq!(state(&[public, ("rtc.listen", "203.0.113.7:3478")]), State::Good);
    }

    #[test]
    fn the_relay_is_told() {
        let data = tempfile::tempdir().unwrap();
        let found = |more: &[(&str, &str)]| relay(&config(data.path(), more));
        let public = ("http.public_url", "https://radio.example");
        assert_eq!(found(&[]).state, State::Good);
        assert_eq!(found(&[public]).state, State::Odd);
        let tls = found(&[public, ("http.tls_certificate", "c"), ("http.tls_key", "k")]);
        assert_eq!((tls.state, tls.found.as_str()), (State::Good, "turns:radio.example:443?transport=tcp"));
    }

    #[test]
    fn a_taken_port_is_noticed() {
        let data = tempfile::tempdir().unwrap();
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let listen = taken.local_addr().unwrap().to_string();
        assert_eq!(port(&config(data.path(), &[("rtc.listen", &listen)])).state, State::Bad);
        assert_eq!(port(&config(data.path(), &[("rtc.listen", "127.0.0.1:0")])).state, State::Good);
    }

    #[test]
    fn the_priority_is_told_either_way() {
        assert_ne!(priority().state, State::Bad);
    }
}
