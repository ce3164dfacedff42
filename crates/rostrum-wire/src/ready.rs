//! What a role reports once it truly serves. One line of JSON on the role's standard output carries it.

use std::net::SocketAddr;

/// The facts a role learns while starting; empty for a role that has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadyInfo {
    /// The public HTTP address that accepts connections now (edge).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<SocketAddr>,
    /// Where speakers reach the stage, UDP and TCP (stage).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtc: Option<SocketAddr>,
    /// The one-time link that makes the first owner; absent once there is an owner (web).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setup_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_facts_take_no_room() {
        assert_eq!(serde_json::to_string(&ReadyInfo::default()).unwrap(), "{}");
        let info = ReadyInfo { setup_url: Some("http://h/setup/x".into()), ..Default::default() };
        let line = serde_json::to_string(&info).unwrap();
        assert_eq!(serde_json::from_str::<ReadyInfo>(&line).unwrap(), info);
    }
}
