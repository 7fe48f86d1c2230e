//! The properties that are the same for every type: how strict the macro is, and `Patches`.

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Diagnostics, Located, Origin, Origins, Policy};

/// Takes `Strict` and `Unknown` out of the properties at `place`.
pub(super) fn policy(
    properties: &mut Map<String, Json>,
    place: Origin,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Policy {
    let mut policy = Policy::default();
    // CloudFormation may hand booleans on as text.
    let strict = properties.shift_remove("Strict");
    match strict.as_ref().map(|value| value.as_str().unwrap_or_default()) {
        None | Some("false") => {}
        Some("true") => policy.strict = true,
        Some(_) => match strict {
            Some(Json::Bool(value)) => policy.strict = value,
            Some(Json::Null) | None => {}
            Some(_) => {
                let place = origins.key(place, "Strict");
                diagnostics.error(place, "this must be `true` or `false`").fix("write `Strict: true`, or leave it out");
            }
        },
    }
    match properties.shift_remove("Unknown") {
        None | Some(Json::Null) => {}
        Some(Json::String(text)) if text == "error" => {}
        Some(Json::String(text)) if text == "note" => policy.unknown_is_note = true,
        Some(_) => {
            let place = origins.key(place, "Unknown");
            diagnostics.error(place, "this must be `note` or `error`").fix("write `Unknown: note`, or leave it out");
        }
    }
    policy
}

/// Takes `Patches` out of the properties at `place`.
pub(super) fn patches(
    properties: &mut Map<String, Json>,
    place: Origin,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Vec<(Located<String>, Json)> {
    let value = match properties.shift_remove("Patches") {
        None | Some(Json::Null) => return Vec::new(),
        Some(value) => value,
    };
    let place = origins.key(place, "Patches");
    match value {
        Json::Object(patches) if !patches.keys().any(|key| key == "Ref" || key.starts_with("Fn::")) => {
            patches.into_iter().map(|(role, patch)| (Located::new(origins.key(place, &role), role), patch)).collect()
        }
        _ => {
            diagnostics
                .error(place, "this must be a map from roles to what is laid over the resource")
                .fix("write `Patches: { web.Service: { Properties: { … } } }`");
            Vec::new()
        }
    }
}
