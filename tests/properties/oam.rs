//! The same of OAM documents, of every version; and that what is written in place of a part of one is at worst refused.

use std::collections::BTreeMap;

use oamecs::{Request, compile, expand};
use oamecs_tests::fixture::fixtures;
use oamecs_tests::verifier::verify;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use super::{declaration, expanded, names, shuffled};

/// A component, in the words of no version.
#[derive(Clone, Debug)]
struct Component {
    name: String,
    kind: Kind,
    variables: BTreeMap<String, String>,
    /// Whether it keeps what it writes.
    keeps: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    /// It listens on a port, to which requests for its name may be led.
    Server {
        port: u16,
        replicas: u32,
        is_led_to: bool,
    },
    Worker {
        replicas: u32,
    },
    Task,
}

/// How documents of a version say what components there are.
type Version = fn(&[Component]) -> Vec<Value>;

/// The versions.
const VERSIONS: [Version; 3] = [v1alpha1, v1alpha2, v1beta1];

fn v1alpha1(components: &[Component]) -> Vec<Value> {
    let instances = components.iter().map(|component| {
        let Component { name, .. } = component;
        let mut traits = Vec::new();
        if let Some(replicas) = component.replicas() {
            traits.push(json!({"name": "manual-scaler", "properties": {"replicaCount": replicas}}));
        }
        if let Some(port) = component.led_to() {
            let properties = json!({"path": format!("/{name}"), "servicePort": port});
            traits.push(json!({"name": "ingress", "properties": properties}));
        }
        json!({"componentName": name, "instanceName": name, "traits": traits})
    });
    let configuration =
        object("v1alpha1", "ApplicationConfiguration", "shop", json!({"components": instances.collect::<Value>()}));
    let schematics = components.iter().map(|component| {
        let kind = match component.kind {
            Kind::Server { .. } => "core.oam.dev/v1alpha1.Server",
            Kind::Worker { .. } => "core.oam.dev/v1alpha1.Worker",
            Kind::Task => "core.oam.dev/v1alpha1.Task",
        };
        let spec = json!({"workloadType": kind, "containers": [component.container()]});
        object("v1alpha1", "ComponentSchematic", &component.name, spec)
    });
    std::iter::once(configuration).chain(schematics).collect()
}

fn v1alpha2(components: &[Component]) -> Vec<Value> {
    let instances = components.iter().map(|component| {
        let Component { name, .. } = component;
        let mut traits = Vec::new();
        if let Some(replicas) = component.replicas() {
            traits.push(json!({"trait": embedded("ManualScalerTrait", json!({"replicaCount": replicas}))}));
        }
        if let Some(port) = component.led_to() {
            let backend = json!({"service": {"name": name, "port": {"number": port}}});
            let path = json!({"path": format!("/{name}"), "pathType": "Prefix", "backend": backend});
            let spec = json!({"rules": [{"http": {"paths": [path]}}]});
            traits.push(json!({"trait": {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": spec}}));
        }
        json!({"componentName": name, "traits": traits})
    });
    let configuration =
        object("v1alpha2", "ApplicationConfiguration", "shop", json!({"components": instances.collect::<Value>()}));
    let components = components.iter().map(|component| {
        let workload = match component.kind {
            Kind::Server { .. } | Kind::Worker { .. } => {
                embedded("ContainerizedWorkload", json!({"containers": [component.container()]}))
            }
            Kind::Task => {
                let container = json!({"name": "main", "image": "team/image:1", "env": component.variables()});
                let pod = json!({"containers": [container], "restartPolicy": "Never"});
                json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": pod}}})
            }
        };
        object("v1alpha2", "Component", &component.name, json!({"workload": workload}))
    });
    std::iter::once(configuration).chain(components).collect()
}

fn v1beta1(components: &[Component]) -> Vec<Value> {
    let components = components.iter().map(|component| {
        let Component { name, kind, keeps, .. } = component;
        let mut properties = json!({"image": "team/image:1", "env": component.variables()});
        if *keeps {
            let claim = format!("{name}-data");
            properties["volumeMounts"] = json!({"pvc": [{"name": "data", "mountPath": "/data", "claimName": claim}]});
        }
        let kind = match kind {
            Kind::Server { port, .. } => {
                properties["ports"] = json!([{"port": port, "expose": true}]);
                "webservice"
            }
            Kind::Worker { .. } => "worker",
            Kind::Task => "task",
        };
        let mut traits = Vec::new();
        if let Some(replicas) = component.replicas() {
            traits.push(json!({"type": "scaler", "properties": {"replicas": replicas}}));
        }
        if let Some(port) = component.led_to() {
            let path = format!("/{name}");
            traits.push(json!({"type": "gateway", "properties": {"http": {path: port}}}));
        }
        json!({"name": name, "type": kind, "properties": properties, "traits": traits})
    });
    let application = object("v1beta1", "Application", "shop", json!({"components": components.collect::<Value>()}));
    let settings =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}});
    vec![application, settings]
}

#[expect(clippy::needless_pass_by_value, reason = "it becomes a part of what is made")]
fn object(version: &str, kind: &str, name: &str, spec: Value) -> Value {
    json!({"apiVersion": format!("core.oam.dev/{version}"), "kind": kind, "metadata": {"name": name}, "spec": spec})
}

#[expect(clippy::needless_pass_by_value, reason = "it becomes a part of what is made")]
fn embedded(kind: &str, spec: Value) -> Value {
    json!({"apiVersion": "core.oam.dev/v1alpha2", "kind": kind, "spec": spec})
}

impl Component {
    /// Its container, as the first two versions have it.
    fn container(&self) -> Value {
        let mut container = json!({"name": "main", "image": "team/image:1", "env": self.variables()});
        if let Kind::Server { port, .. } = self.kind {
            container["ports"] = json!([{"name": "http", "containerPort": port}]);
        }
        if self.keeps {
            let volume = json!({"name": "data", "mountPath": "/data", "sharingPolicy": "Shared", "disk": {"required": "1G", "ephemeral": false}});
            container["resources"] = json!({"volumes": [volume]});
        }
        container
    }

    fn variables(&self) -> Value {
        self.variables.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
    }

    fn replicas(&self) -> Option<u32> {
        match self.kind {
            Kind::Server { replicas, .. } | Kind::Worker { replicas } => Some(replicas),
            Kind::Task => None,
        }
    }

    fn led_to(&self) -> Option<u16> {
        match self.kind {
            Kind::Server { port, is_led_to: true, .. } => Some(port),
            _ => None,
        }
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        3 => (select(vec![80_u16, 3000, 8080, 25565, 5432]), 0_u32..4, any::<bool>())
            .prop_map(|(port, replicas, is_led_to)| Kind::Server { port, replicas, is_led_to }),
        1 => (0_u32..4).prop_map(|replicas| Kind::Worker { replicas }),
        1 => Just(Kind::Task),
    ]
}

fn components(count: usize) -> impl Strategy<Value = Vec<Component>> {
    let variables = prop::collection::btree_map("[A-Z]{1,4}", "[ -~]{0,12}", 0..4);
    let each = prop::collection::vec((kind(), variables, any::<bool>()), count);
    (names(count), each).prop_map(|(names, each)| {
        let named = names.into_iter().zip(each);
        named.map(|(name, (kind, variables, keeps))| Component { name, kind, variables, keeps }).collect()
    })
}

/// The resources of a template, without where in the documents each comes from: that is told by its place in a list.
fn resources(fragment: &Map<String, Value>) -> Map<String, Value> {
    let mut resources = fragment["Resources"].as_object().unwrap().clone();
    for resource in resources.values_mut() {
        if let Some(origin) = resource.pointer_mut("/Metadata/OamEcs") {
            origin.as_object_mut().unwrap().shift_remove("Source");
        }
    }
    resources
}

/// A template of documents, whose servers the world reaches or not.
fn template(documents: &[Value], is_open: bool) -> Map<String, Value> {
    let exposure = if is_open { "nlb" } else { "internal" };
    declaration("OamEcs::Application", &json!({"Document": documents, "DefaultExposure": exposure}))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, rng_seed: RngSeed::Fixed(42), ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_keys_changes_no_byte(components in components(4), is_open in any::<bool>(), seed in any::<u64>()) {
        for version in VERSIONS {
            let documents = version(&components);
            let shuffled: Vec<Value> = documents.iter().map(|document| shuffled(document, seed)).collect();
            let ordered = serde_json::to_string(&expanded(template(&documents, is_open))).unwrap();
            prop_assert_eq!(ordered, serde_json::to_string(&expanded(template(&shuffled, is_open))).unwrap());
        }
    }

    #[test]
    fn the_order_of_documents_and_of_components_changes_no_resource(
        (components, others) in components(4).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        is_open in any::<bool>(),
        by in any::<Index>(),
    ) {
        for version in VERSIONS {
            let mut documents = version(&others);
            let by = by.index(documents.len());
            documents.rotate_left(by);
            let (one, other) = (expanded(template(&version(&components), is_open)), expanded(template(&documents, is_open)));
            prop_assert_eq!(serde_json::to_string(&resources(&one)).unwrap(), serde_json::to_string(&resources(&other)).unwrap());
            prop_assert_eq!(one.get("Outputs"), other.get("Outputs"));
        }
    }

    #[test]
    fn a_component_more_changes_no_other_resource(components in components(4), is_open in any::<bool>(), which in any::<Index>()) {
        // From one component to two, a task learns to find its neighbours: the change is looked at from two on.
        let mut fewer = components.clone();
        let come = fewer.remove(which.index(components.len()));
        for version in VERSIONS {
            let (small, large) = (expanded(template(&version(&fewer), is_open)), expanded(template(&version(&components), is_open)));
            let large = resources(&large);
            for (id, resource) in resources(&small) {
                prop_assert_eq!(Some(&resource), large.get(&id), "{} changed when `{}` came", id, come.name);
            }
        }
    }

    #[test]
    fn expanding_twice_is_expanding_once(components in components(3), is_open in any::<bool>()) {
        for version in VERSIONS {
            let fragment = template(&version(&components), is_open);
            let once = expanded(fragment.clone());
            prop_assert_eq!(serde_json::to_string(&once).unwrap(), serde_json::to_string(&expanded(fragment)).unwrap());
            let again = expand(Request { fragment: once.clone(), ..Request::default() }).unwrap();
            prop_assert_eq!(serde_json::to_string(&once).unwrap(), again.json.get());
        }
    }

    #[test]
    fn the_verifier_has_nothing_to_say(components in components(4), is_open in any::<bool>()) {
        for version in VERSIONS {
            let documents = version(&components);
            let findings = verify(&Value::Object(expanded(template(&documents, is_open))));
            prop_assert!(findings.is_empty(), "{:#?}\n{:#?}", findings, documents);
        }
    }

    #[test]
    fn two_components_never_meet(names in names(8), port in any::<bool>()) {
        let kind = if port { Kind::Server { port: 80, replicas: 1, is_led_to: true } } else { Kind::Task };
        let component = |name: String| Component { name, kind: kind.clone(), variables: BTreeMap::new(), keeps: true };
        let components: Vec<Component> = names.into_iter().map(component).collect();
        for version in VERSIONS {
            let fragment = expanded(template(&version(&components), false));
            let resources = fragment["Resources"].as_object().unwrap();
            let tasks = resources.values().filter(|resource| resource["Type"] == "AWS::ECS::TaskDefinition");
            prop_assert_eq!(tasks.count(), components.len());
            prop_assert!(resources.keys().all(|id| id.chars().all(|character| character.is_ascii_alphanumeric())));
        }
    }
}

/// What nobody would write in place of a part of a document, and what a slip of a tool does.
fn hostile() -> Vec<Value> {
    let words = "/ // . - é \u{0} \u{1f600} * $( $(A $$( ${A} {{ {{resolve: [fromVariable( [fromVariable(é)] a@ @ a/ core.oam.dev/ \
        -v web-v é-v1 a.b[ a[0].b[1].c a[99999999999999999999] spec.containers[0].é 0 -1 1e999 1e-19 99999999999999999999 \
        0.0000001 100% % 1Ei m é5Mi 07777 https:// arn: a,b,, --- null true";
    let lines = ["", " ", "* * * * *", "CRON_TZ=é * * * * *", "TZ= ", "0 0 31 2 *", "99 * * * *", "!Ref A"];
    let mut values: Vec<Value> = words.split(' ').chain(lines).map(Value::from).collect();
    values.extend([
        Value::from("x".repeat(300)),
        Value::from("é".repeat(70)),
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(65_536),
        json!(u64::MAX),
        json!(1e300),
        json!(0.5),
        json!([]),
        json!([null]),
        json!([[]]),
        json!(["a", "a"]),
        json!([{}, {}]),
        json!([{"name": "a"}, {"name": "a"}]),
        json!({}),
        json!({"": ""}),
        json!({"name": null}),
        json!({"spec": {"spec": []}}),
        json!({"Ref": "Nothing"}),
        json!({"Ref": []}),
        json!({"Fn::If": ["A", {}, []]}),
        json!({"Fn::Sub": "${"}),
        json!({"Fn::Join": ["", [{"Ref": "AWS::Region"}, "$("]]}),
    ]);
    values
}

/// Of so many parts of a document one is replaced: all of them would take minutes.
const EVERY: usize = 3;

/// The places of all parts of a value, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// The declarations of applications of all fixtures, each with the rest of its template, and documents as maps where texts have
/// no tags.
fn declarations() -> Vec<(Value, String)> {
    let mut all = Vec::new();
    for fixture in fixtures() {
        let mut template = Value::Object(fixture.source());
        let resources = template["Resources"].as_object_mut().into_iter().flatten();
        let mut ids = Vec::new();
        for (id, resource) in resources.filter(|(_, resource)| resource["Type"] == "OamEcs::Application") {
            ids.push(format!("/Resources/{id}/Properties"));
            if let Some(Value::String(text)) = resource.pointer_mut("/Properties/Document") {
                let documents = oamecs::document::parse(text).unwrap_or_default();
                let maps: Result<Vec<Value>, _> = documents.iter().map(serde_json::to_value).collect();
                if let Ok(maps) = maps {
                    resource["Properties"]["Document"] = Value::Array(maps);
                }
            }
        }
        all.extend(ids.into_iter().map(|id| (template.clone(), id)));
    }
    all
}

#[test]
fn nothing_in_place_of_a_part_makes_it_panic() {
    let hostile = hostile();
    let mut turn = 0;
    for (template, properties) in declarations() {
        let mut all = Vec::new();
        places(template.pointer(&properties).unwrap(), &properties, &mut all);
        for place in all.into_iter().skip(turn % EVERY).step_by(EVERY) {
            let mut template = template.clone();
            *template.pointer_mut(&place).unwrap() = hostile[turn % hostile.len()].clone();
            turn += 1;
            compile(Request { fragment: template.as_object().unwrap().clone(), ..Request::default() });
        }
    }
    assert!(turn > 300, "only {turn} parts were looked at");
}

#[test]
fn no_part_of_a_text_makes_it_panic() {
    let mut cuts = 0;
    for (template, properties) in declarations() {
        let Some(Value::Array(documents)) = template.pointer(&format!("{properties}/Document")) else { continue };
        let texts: Vec<String> = documents.iter().map(|document| serde_yaml::to_string(document).unwrap()).collect();
        let text = texts.join("---\n");
        for (at, _) in text.char_indices().step_by(211) {
            let (start, end) = text.split_at(at);
            for text in [start, end] {
                let properties = json!({"Document": text});
                compile(Request { fragment: declaration("OamEcs::Application", &properties), ..Request::default() });
                cuts += 1;
            }
        }
    }
    assert!(cuts > 100, "only {cuts} texts were looked at");
}
