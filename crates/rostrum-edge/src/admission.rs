//! Who may connect: counts of descriptors, of connections to the site and by client, given back when a permit is
//! dropped. A listener costs one descriptor; who asks for anything else may cost a second one, to web.

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

/// How many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Most {
    /// Descriptors of clients and of the connections to web for them.
    pub(crate) descriptors: usize,
    /// Connections that are not a listener's.
    pub(crate) site: usize,
    /// Connections of one client.
    pub(crate) client: usize,
}

/// The counts of one edge.
#[derive(Debug)]
pub(crate) struct Gate {
    most: Most,
    exempt: Vec<Prefix>,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    descriptors: usize,
    site: usize,
    clients: HashMap<Prefix, usize>,
}

/// The right to one connection.
#[derive(Debug)]
pub(crate) struct Permit {
    gate: Arc<Gate>,
    address: IpAddr,
    exempt: bool,
    site: bool,
}

impl Gate {
    pub(crate) fn new(most: Most, exempt: Vec<Prefix>) -> Arc<Self> {
        Arc::new(Self { most, exempt, counts: Mutex::default() })
    }

    /// Lets a connection in, which may become a listener's; see [`Permit::ask`] for any other.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Permit, Full> {
        let address = address.to_canonical();
        let exempt = address.is_loopback() || self.exempt.iter().any(|prefix| prefix.contains(address));
        let mut counts = self.counts();
        if counts.descriptors >= self.most.descriptors {
            return Err(Full::House);
        }
        if !exempt {
            let held = counts.clients.entry(client_of(address)).or_default();
            if *held >= self.most.client {
                return Err(Full::Client);
            }
            *held += 1;
        }
        counts.descriptors += 1;
        Ok(Permit { gate: Arc::clone(self), address, exempt, site: false })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Who is at the other end.
    pub(crate) const fn client(&self) -> IpAddr {
        self.address
    }

    /// Takes the right to ask for anything that the site has.
    ///
    /// # Errors
    /// As many ask as may.
    pub(crate) fn ask(&mut self) -> Result<(), Full> {
        let mut counts = self.gate.counts();
        if counts.site >= self.gate.most.site || counts.descriptors >= self.gate.most.descriptors {
            return Err(Full::House);
        }
        (counts.site, counts.descriptors) = (counts.site + 1, counts.descriptors + 1);
        drop(counts);
        self.site = true;
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.gate.counts();
        counts.descriptors -= 1 + usize::from(self.site);
        counts.site -= usize::from(self.site);
        let client = client_of(self.address);
        if !self.exempt
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

    fn gate((descriptors, site, client): (usize, usize, usize), exempt: Vec<Prefix>) -> Arc<Gate> {
        Gate::new(Most { descriptors, site, client }, exempt)
    }

    #[test]
    fn one_client_cannot_take_the_house() {
        let gate = gate((5, 5, 2), vec!["192.0.2.0/24".parse().unwrap()]);
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
    fn who_asks_for_pages_does_not_crowd_out_listeners() {
        let gate = gate((6, 2, 9), vec![]);
        let mut asking: Vec<_> = (0..3).map(|_| gate.admit(ip("10.0.0.1")).unwrap()).collect();
        let taken: Vec<_> = asking.iter_mut().map(Permit::ask).collect();
        assert_eq!(taken, [Ok(()), Ok(()), Err(Full::House)]);
        let _listener = gate.admit(ip("10.0.0.2")).unwrap();
        assert_eq!(gate.admit(ip("10.0.0.3")).unwrap_err(), Full::House, "two who ask cost two each");
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_client() {
        let gate = gate((9, 9, 1), vec![]);
        let _held = gate.admit(ip("2001:db8::1")).unwrap();
        assert_eq!(gate.admit(ip("2001:db8::2")).unwrap_err(), Full::Client);
        assert!(gate.admit(ip("2001:db8:0:1::2")).is_ok());
    }

    proptest! {
        #[test]
        fn counts_return_to_nothing(clients in proptest::collection::vec((0u8..6, any::<bool>()), 0..60)) {
            let gate = gate((20, 7, 4), vec![]);
            let permit = |(host, asks): &(u8, bool)| {
                let mut permit = gate.admit([10, 0, 0, *host].into()).ok()?;
                (!asks || permit.ask().is_ok()).then_some(permit)
            };
            let permits: Vec<_> = clients.iter().map(permit).collect();
            let counts = || { let counts = gate.counts(); (counts.descriptors, counts.site, counts.clients.len()) };
            prop_assert!(counts().0 <= 20 && counts().1 <= 7);
            drop(permits);
            prop_assert_eq!(counts(), (0, 0, 0));
        }
    }
}
