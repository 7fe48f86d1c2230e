//! Lays one value over another.
//!
//! In: a value of a template, and what the author wants different in it. Out: the value, changed. Maps merge, single
//! values replace, null deletes, and lists of things that have a name merge by that name.

use serde_json::{Map, Value as Json};

use crate::cloudformation::function;

/// What identifies an item of a list: sets of properties, of which the first counts that an overlay's item gives in full.
type Identities = &'static [&'static [&'static str]];

/// Lists whose items have something to be told by: the name of the list's property, and what identifies an item. An
/// overlay's item is laid over the items that agree with it there.
const IDENTIFIED: &[(&str, Identities)] = &[
    ("CapacityProviderStrategy", &[&["CapacityProvider"]]),
    ("ClusterSettings", &[&["Name"]]),
    ("Conditions", &[&["Field"]]),
    ("ContainerDefinitions", &[&["Name"]]),
    ("DefaultCapacityProviderStrategy", &[&["CapacityProvider"]]),
    ("DependsOn", &[&["ContainerName"]]),
    ("Devices", &[&["HostPath"]]),
    ("DnsRecords", &[&["Type"]]),
    ("Environment", &[&["Name"]]),
    ("EnvironmentFiles", &[&["Value"]]),
    ("ExtraHosts", &[&["Hostname"]]),
    ("FileSystemTags", &[&["Key"]]),
    ("LoadBalancerAttributes", &[&["Key"]]),
    ("LoadBalancers", &[&["ContainerName", "ContainerPort"], &["ContainerName"], &["TargetGroupArn"]]),
    ("MetricDataQueries", &[&["Id"]]),
    ("Metrics", &[&["Id"]]),
    ("MountPoints", &[&["ContainerPath"], &["SourceVolume"]]),
    ("Policies", &[&["PolicyName"]]),
    ("PortMappings", &[&["ContainerPort", "Protocol"], &["ContainerPort"], &["Name"]]),
    ("ResourceRequirements", &[&["Type"]]),
    ("SecretOptions", &[&["Name"]]),
    ("Secrets", &[&["Name"]]),
    ("ServiceRegistries", &[&["ContainerName", "ContainerPort"], &["ContainerName"], &["ContainerPort"]]),
    ("Services", &[&["PortName"]]),
    ("Statement", &[&["Sid"]]),
    ("SystemControls", &[&["Namespace"]]),
    ("Tags", &[&["Key"]]),
    ("TargetGroupAttributes", &[&["Key"]]),
    ("Tmpfs", &[&["ContainerPath"]]),
    ("Ulimits", &[&["Name"]]),
    ("VolumeConfigurations", &[&["Name"]]),
    ("Volumes", &[&["Name"]]),
    ("VolumesFrom", &[&["SourceContainer"]]),
];

/// What a map itself says of how it is laid: `merge`, the default; `replace`, without what was there; `delete`, nothing at all.
/// It is how [strategic merge patches](https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/)
/// say it, which Docker's ECS integration took.
const DIRECTIVE: &str = "$patch";

/// Lays `over` over `base`, key by key.
///
/// Maps merge deep; a single value replaces; null deletes the key; a list in which items have a name (`Tags`, `Environment`,
/// `ContainerDefinitions`, …) merges item by item, new items coming last; any other list replaces. A function
/// (`{"Ref": …}`) is a single value on either side. A map may say otherwise by [`DIRECTIVE`].
pub fn overlay(base: &mut Map<String, Json>, over: Map<String, Json>) {
    for (key, value) in over {
        if value.is_null() || directive(&value) == Some("delete") {
            base.shift_remove(&key);
            continue;
        }
        match base.get_mut(&key) {
            Some(below) => lay(below, value, &key),
            None => {
                base.insert(key, without_nulls(value));
            }
        }
    }
}

fn directive(value: &Json) -> Option<&str> {
    value.get(DIRECTIVE)?.as_str()
}

/// `name` is the property that `base` stands in.
fn lay(base: &mut Json, over: Json, name: &str) {
    if function::call(base).is_some() || function::call(&over).is_some() {
        *base = over;
        return;
    }
    match (base, over) {
        (Json::Object(base), Json::Object(mut over)) => {
            let replaces = over.shift_remove(DIRECTIVE).is_some_and(|directive| directive == "replace");
            if replaces {
                base.clear();
            }
            overlay(base, over);
        }
        (Json::Array(base), Json::Array(over)) => match identity(name, &over) {
            Some(identities) => lay_items(base, over, identities, name),
            None => *base = over,
        },
        (base, over) => *base = without_nulls(over),
    }
}

/// The identities of the list `name`, where every item of `over` has one.
fn identity(name: &str, over: &[Json]) -> Option<Identities> {
    let index = IDENTIFIED.binary_search_by_key(&name, |(list, _)| list).ok()?;
    let (_, identities) = IDENTIFIED.get(index)?;
    (!over.is_empty() && over.iter().all(|item| keys(identities, item).is_some())).then_some(identities)
}

/// The first identity that `item` gives in full.
fn keys(identities: Identities, item: &Json) -> Option<&'static [&'static str]> {
    identities.iter().copied().find(|keys| keys.iter().all(|key| item.get(key).is_some()))
}

fn lay_items(base: &mut Vec<Json>, over: Vec<Json>, identities: Identities, name: &str) {
    for item in over {
        let keys = keys(identities, &item).unwrap_or_default();
        if directive(&item) == Some("delete") {
            base.retain(|below| keys.iter().any(|key| below.get(key) != item.get(key)));
            continue;
        }
        let mut found = false;
        for below in base.iter_mut().filter(|below| keys.iter().all(|key| below.get(key) == item.get(key))) {
            lay(below, item.clone(), name);
            found = true;
        }
        if !found {
            base.push(without_nulls(item));
        }
    }
}

/// What is new has nothing to delete in it.
fn without_nulls(value: Json) -> Json {
    match value {
        Json::Object(entries) => Json::Object(
            entries
                .into_iter()
                .filter(|(key, value)| !value.is_null() && key != DIRECTIVE)
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(IDENTIFIED.is_sorted_by_key(|(name, _)| name));
    }

    #[test]
    fn laying_over() {
        for (base, over, result) in [
            (json!({"A": 1}), json!({"A": 2, "B": 3}), json!({"A": 2, "B": 3})),
            (json!({"A": 1, "B": 2, "C": 3}), json!({"B": null}), json!({"A": 1, "C": 3})),
            (json!({"A": {"B": 1, "C": 2}}), json!({"A": {"C": 3}}), json!({"A": {"B": 1, "C": 3}})),
            (json!({}), json!({"A": {"B": null, "C": 1}}), json!({"A": {"C": 1}})),
            (json!({"A": {"Ref": "X"}}), json!({"A": {"B": 1}}), json!({"A": {"B": 1}})),
            (json!({"A": {"B": 1}}), json!({"A": {"Ref": "X"}}), json!({"A": {"Ref": "X"}})),
            (json!({"Subnets": ["a", "b"]}), json!({"Subnets": ["c"]}), json!({"Subnets": ["c"]})),
            (
                json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}),
                json!({"Tags": [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": "4"}]}),
                json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "3"}, {"Key": "c", "Value": "4"}]}),
            ),
            (
                json!({"ContainerDefinitions": [{"Name": "web", "Environment": [{"Name": "A", "Value": "1"}]}]}),
                json!({"ContainerDefinitions": [{"Name": "web", "Environment": [{"Name": "B", "Value": "2"}]}]}),
                json!({"ContainerDefinitions": [
                    {"Name": "web", "Environment": [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]}]}),
            ),
            (
                json!({"PortMappings": [{"ContainerPort": 53, "Protocol": "tcp"}, {"ContainerPort": 53, "Protocol": "udp"}]}),
                json!({"PortMappings": [{"ContainerPort": 53, "Protocol": "udp", "Name": "dns"}]}),
                json!({"PortMappings": [
                    {"ContainerPort": 53, "Protocol": "tcp"}, {"ContainerPort": 53, "Protocol": "udp", "Name": "dns"}]}),
            ),
            (
                json!({"MountPoints": [{"ContainerPath": "/a", "SourceVolume": "x"}]}),
                json!({"MountPoints": [{"ContainerPath": "/a", "SourceVolume": "y"}, {"SourceVolume": "y", "ReadOnly": true}]}),
                json!({"MountPoints": [{"ContainerPath": "/a", "SourceVolume": "y", "ReadOnly": true}]}),
            ),
            (json!({"A": {"B": 1}}), json!({"A": {"$patch": "replace", "C": 2}}), json!({"A": {"C": 2}})),
            (json!({"A": {"B": 1}}), json!({"A": {"$patch": "merge", "C": 2}}), json!({"A": {"B": 1, "C": 2}})),
            (json!({"A": {"B": 1}, "D": 1}), json!({"A": {"$patch": "delete"}}), json!({"D": 1})),
            (
                json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}),
                json!({"Tags": [{"Key": "a", "$patch": "delete"}]}),
                json!({"Tags": [{"Key": "b", "Value": "2"}]}),
            ),
            (json!({"Tags": [{"Key": "a"}]}), json!({"Tags": []}), json!({"Tags": []})),
            (json!({"Tags": [{"Key": "a"}]}), json!({"Tags": [{"Value": "1"}]}), json!({"Tags": [{"Value": "1"}]})),
        ] {
            let (Json::Object(mut changed), Json::Object(over)) = (base, over) else { panic!() };
            overlay(&mut changed, over);
            assert_eq!(Json::Object(changed), result);
        }
    }
}
