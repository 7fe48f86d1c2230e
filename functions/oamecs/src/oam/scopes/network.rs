//! [Network scopes](https://github.com/oam-dev/spec/blob/4af9e65/4.application_scopes.md#network-scope): the VPC and the
//! subnets that components are in.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Members;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind};
use crate::oam::Loader;
use crate::oam::model::{Component, NetworkScope};

/// What a network scope says, of all components of an application.
pub(in crate::oam) fn read(
    origin: Origin,
    mut properties: Fields,
    members: &Members,
    components: &BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) -> NetworkScope {
    let mut environment = IndexMap::new();
    let is_public = properties.take("internet-gateway-type").and_then(|node| {
        let gateway = loader.reader.known_text(&node)?;
        let is_public = match gateway.value.to_ascii_lowercase().as_str() {
            "public" => true,
            // Without a gateway, what is pulled from outside has to come by endpoints, which are the network's own.
            "nat" | "" => false,
            _ => {
                loader
                    .reader
                    .diagnostics
                    .error(gateway.origin, format!("`{}` is no type of gateway", gateway.value))
                    .fix("write `public` or `nat`, or leave it empty where the network has none");
                return None;
            }
        };
        Some(Located::new(gateway.origin, is_public))
    });
    let subnets = properties.take("subnet-ids");
    if let Some(vpc) = properties.take("network-id") {
        environment.insert("VpcId".to_owned(), vpc);
        if let Some(subnets) = subnets.filter(|node| !matches!(&node.kind, Kind::Text(text) if text.is_empty())) {
            let is_public = is_public.as_ref().is_some_and(|is_public| is_public.value);
            let key = if is_public { "PublicSubnetIds" } else { "PrivateSubnetIds" };
            environment.insert(key.to_owned(), subnets);
        }
    } else {
        loader
            .reader
            .diagnostics
            .error(origin, "the network does not say which it is")
            .fix("write `network-id: vpc-…`, the id of a VPC");
    }
    for (name, component) in components {
        if !members.contains_key(name) {
            let message = format!("`{name}` is in the network too: the components of an application are all in one");
            loader.reader.diagnostics.note(component.origin, message).fix("name the network under `applicationScopes`");
        }
    }
    NetworkScope { environment, is_public }
}
