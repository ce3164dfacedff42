//! Each wall of the sandbox alone stops what it is there to stop; without it the same thing succeeds.

use crate::support::client;

#[tokio::test]
async fn each_layer_alone_stops_its_probe() {
    for layer in client().layers().await {
        assert!(layer.holds, "{}: {}", layer.name, layer.detail);
    }
}

#[tokio::test]
async fn without_walls_the_same_probes_succeed() {
    for (name, succeeded, detail) in rostrum_codec::client::succeeds_without_walls(&client()).await {
        assert!(succeeded, "{name}: {detail}");
    }
}
