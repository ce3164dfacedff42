//! `/api/v1/rooms/{room}/grants`: rights to join, for encoders and for programs that bring people in.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use rostrum_app::IceServer;
use rostrum_app::rooms::grants::{self, Granted, NewGrant};
use rostrum_domain::room::StageRole;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::At;
use crate::api::body::Body;
use crate::api::users::SECRET;
use crate::call::Signed;
use crate::state::Web;

/// A grant to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrantBody {
    /// The name shown in the room.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// `listener`, `speaker`, `producer`, `co_host` or `host`.
    #[schema(value_type = String)]
    role: StageRole,
    /// Whether its bearer agreed to be recorded, as an encoder's owner does.
    #[serde(default)]
    consented: bool,
    /// Hours until it ends.
    #[serde(default = "hours")]
    #[schema(minimum = 1, maximum = 8784, default = 12)]
    hours: u32,
}

const fn hours() -> u32 {
    12
}

/// A grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantBody {
    /// Its text: the bearer token of `/rooms/{room}/join`, `/whip/{room}` and `/whep/{room}`.
    pub grant: String,
    /// Names its bearer in the room.
    pub participant: String,
    /// The role to begin with.
    #[schema(value_type = String)]
    pub role: StageRole,
    /// The name shown.
    pub name: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires: Timestamp,
    /// What helps its bearer's sound to get through, as WebRTC's `iceServers`; empty where the site ends no TLS itself.
    pub ice_servers: Vec<IceServerBody>,
}

/// A server for ICE, good as long as the grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct IceServerBody {
    /// Its addresses, such as `turns:radio.example:443?transport=tcp`.
    pub urls: Vec<String>,
    /// The name it asks for.
    pub username: String,
    /// The password.
    pub credential: String,
}

impl From<Granted> for GrantBody {
    fn from(granted: Granted) -> Self {
        let Granted { grant, participant, role, name, expires, ice_servers } = granted;
        let ice_servers = ice_servers.into_iter().map(IceServerBody::from).collect();
        Self { grant, participant: participant.to_string(), role, name, expires, ice_servers }
    }
}

impl From<IceServer> for IceServerBody {
    fn from(IceServer { url, pass }: IceServer) -> Self {
        Self { urls: vec![url], username: pass.username, credential: pass.password }
    }
}

/// Makes a grant.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/grants", tag = "rooms", request_body = NewGrantBody,
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 201, description = "the grant; its text is shown only here", body = GrantBody)))]
pub async fn make_grant(
    State(web): State<Web>,
    signed: Signed,
    At(name): At<String>,
    Body(new): Body<NewGrantBody>,
) -> Result<Response, Error> {
    let NewGrantBody { name: shown, role, consented, hours } = new;
    let new = NewGrant { name: shown, role, consented, hours };
    let made = grants::make(&web.app, &signed.caller, &name, new).await?;
    Ok((StatusCode::CREATED, [SECRET], Json(GrantBody::from(made))).into_response())
}
