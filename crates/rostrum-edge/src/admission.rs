//! Who may connect: a count of connections in all and by client, given back when the permit is dropped.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::prefix::{Prefix, client_of};

/// Why a connection is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The edge serves as many as it may.
    House,
    /// This client has as many as it may.
    Client,
}

/// The counts of one edge.
#[derive(Debug)]
pub(crate) struct Gate {
    total_max: usize,
    client_max: usize,
    exempt: Vec<Prefix>,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    clients: HashMap<Prefix, usize>,
}

/// The right to one connection.
#[derive(Debug)]
pub(crate) struct Permit {
    gate: Arc<Gate>,
    client: Option<Prefix>,
}

impl Gate {
    pub(crate) fn new(total_max: usize, client_max: usize, exempt: Vec<Prefix>) -> Arc<Self> {
        Arc::new(Self { total_max, client_max, exempt, counts: Mutex::default() })
    }

    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Full> {
        let address = address.to_canonical();
        let exempt = address.is_loopback() || self.exempt.iter().any(|prefix| prefix.contains(address));
        let client = (!exempt).then(|| client_of(address));
        let mut counts = self.counts();
        if counts.total >= self.total_max {
            return Err(Full::House);
        }
        if let Some(client) = client {
            let held = counts.clients.entry(client).or_default();
            if *held >= self.client_max {
                return Err(Full::Client);
            }
            *held += 1;
        }
        counts.total += 1;
        Ok(Permit { gate: Arc::clone(self), client })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.gate.counts();
        counts.total -= 1;
        if let Some(client) = self.client
            && let Some(held) = counts.clients.get_mut(&client)
        {
            *held -= 1;
            if *held == 0 {
                counts.clients.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_client_cannot_take_the_house() {
        let gate = Gate::new(5, 2, vec!["192.0.2.0/24".parse().unwrap()]);
        let first = gate.admit(ip("198.51.100.1")).unwrap();
        let _second = gate.admit(ip("198.51.100.1")).unwrap();
        assert_eq!(gate.admit(ip("198.51.100.1")).unwrap_err(), Full::Client);
        drop(first);
        let _third = gate.admit(ip("198.51.100.1")).unwrap();
        let _loopback: Vec<_> = (0..2).map(|_| gate.admit(ip("127.0.0.1")).unwrap()).collect();
        let _proxy = gate.admit(ip("192.0.2.9")).unwrap();
        assert_eq!(gate.admit(ip("::1")).unwrap_err(), Full::House, "loopback is exempt by client, not in all");
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_client() {
        let gate = Gate::new(9, 1, vec![]);
        let _held = gate.admit(ip("2001:db8::1")).unwrap();
        assert_eq!(gate.admit(ip("2001:db8::2")).unwrap_err(), Full::Client);
        assert!(gate.admit(ip("2001:db8:0:1::2")).is_ok());
    }

    proptest! {
        #[test]
        fn counts_return_to_nothing(clients in proptest::collection::vec(0u8..6, 0..60)) {
            let gate = Gate::new(20, 4, vec![]);
            let permits: Vec<_> = clients.iter().map(|host| gate.admit([10, 0, 0, *host].into())).collect();
            prop_assert!(gate.counts().total <= 20 && gate.counts().clients.values().all(|held| *held <= 4));
            drop(permits);
            prop_assert_eq!(gate.counts().total, 0);
            prop_assert!(gate.counts().clients.is_empty());
        }
    }
}
