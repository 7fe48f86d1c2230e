//! Edits that people make to a document must be updates that CloudFormation can carry out: no resource that stays may change
//! a property which only a new one can have. AWS's resource schemas, which cfn-lint carries, say which those are.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails so")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use oamecs::{Request, expand, source};
use oamecs_tests::tools::Tools;
use serde_json::{Map, Value};

/// Types that have no physical name of ours and hold nothing: replacing one is an update like any other.
const REPLACEABLE: [&str; 1] = ["AWS::ECS::TaskDefinition"];

/// Types whose loss is a loss of data: whatever else an edit does, these keep their logical ids.
const DATA: [&str; 4] = ["AWS::EC2::Volume", "AWS::EFS::FileSystem", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"];

const SHOP: &str = r#"
Resources:
  Shop:
    Type: OamEcs::Compose
    Properties:
      Document:
        services:
          web:
            image: web:1
            ports: ["80:8080"]
            volumes: ["data:/data"]
          db:
            image: db:1
            volumes: ["data:/data"]
        volumes:
          data: {}
"#;

/// An edit: what is replaced by what in [`SHOP`].
const EDITS: [(&str, &str, &str); 12] = [
    ("another image", "web:1", "web:2"),
    ("another container port", "80:8080", "80:9090"),
    ("another published port", "80:8080", "81:8080"),
    ("a published port more", r#"["80:8080"]"#, r#"["80:8080", "81:8081", "25565:25565"]"#),
    ("no published port", r#"            ports: ["80:8080"]"#, ""),
    ("a port for TCP", r#"["80:8080"]"#, r#"[{target: 8080, published: "80", app_protocol: tcp}]"#),
    ("a certificate", "      Document:", "      Environment: {CertificateArn: !Ref AWS::StackId}\n      Document:"),
    ("no NAT gateway", "      Document:", "      Environment: {NatGateways: none}\n      Document:"),
    ("a zone more", "      Document:", "      Environment: {Zones: 3}\n      Document:"),
    ("Spot", "      Document:", "      Defaults: {Capacity: FARGATE_SPOT}\n      Document:"),
    ("a network", "            image: db:1", "            image: db:1\n            networks: [back]"),
    (
        "a service more",
        "        volumes:\n          data: {}",
        "          more: {image: more}\n        volumes:\n          data: {}",
    ),
];

#[test]
fn no_edit_changes_what_only_a_new_resource_can_have() {
    let schemas = Schemas::open();
    let before = expanded(SHOP);
    let faults: Vec<String> = EDITS.iter().flat_map(|edit| replacements(&schemas, &before, edit)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn another_network_is_seen_as_a_replacement() {
    let edit = ("other addresses", "      Document:", "      Environment: {VpcCidr: 10.1.0.0/16}\n      Document:");
    let faults = replacements(&Schemas::open(), &expanded(SHOP), &edit);
    assert!(faults.iter().any(|fault| fault.contains("OamEcsVpc/CidrBlock")), "{faults:#?}");
}

/// The create-only properties that an edit changes in resources that stay.
fn replacements(schemas: &Schemas, before: &Map<String, Value>, edit: &(&str, &str, &str)) -> Vec<String> {
    let after = expanded(&edited(edit));
    let mut found = Vec::new();
    for (id, resource) in resources(before) {
        let Some(changed) = after["Resources"].get(id) else { continue };
        assert_eq!(resource["Type"], changed["Type"], "{}: {id} has another type", edit.0);
        let kind = resource["Type"].as_str().unwrap();
        if REPLACEABLE.contains(&kind) {
            continue;
        }
        for property in schemas.create_only(kind) {
            let [old, new] = [resource, changed].map(|resource| resource["Properties"].pointer(&property));
            if old != new {
                found.push(format!("{}: {id}{property} was {old:?} and becomes {new:?}", edit.0));
            }
        }
    }
    found
}

fn edited((edit, old, new): &(&str, &str, &str)) -> String {
    assert!(SHOP.contains(old), "{edit}");
    let text = SHOP.replacen(old, new, 1);
    if *edit == "a network" { text + "        networks: {back: {}}\n" } else { text }
}

#[test]
fn what_holds_data_keeps_its_id() {
    let before = expanded(SHOP);
    let data = |template: &Map<String, Value>| -> BTreeSet<String> {
        let kept = resources(template).filter(|(_, resource)| DATA.iter().any(|kind| resource["Type"] == *kind));
        kept.map(|(id, _)| id.clone()).collect()
    };
    for edit in &EDITS {
        assert_eq!(data(&before), data(&expanded(&edited(edit))), "{}", edit.0);
    }
}

fn expanded(text: &str) -> Map<String, Value> {
    let (_, fragment) = source::read(text).unwrap();
    expand(Request { fragment, ..Request::default() }).unwrap_or_else(|failure| panic!("{failure}\n{text}")).fragment()
}

fn resources(template: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    template["Resources"].as_object().unwrap().iter()
}

/// AWS's resource schemas in the package of cfn-lint.
struct Schemas {
    folder: PathBuf,
    index: BTreeMap<String, String>,
}

impl Schemas {
    fn open() -> Self {
        let code = "import cfnlint, pathlib; print(pathlib.Path(cfnlint.__file__).parent / 'data' / 'schemas')";
        let output = Tools::get().command("python").args(["-c", code]).output().unwrap();
        let folder = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
        let index = std::fs::read_to_string(folder.join("providers/us-east-1.json")).unwrap();
        Self { index: serde_json::from_str(&index).unwrap(), folder }
    }

    /// The create-only properties of a type, as JSON pointers into its properties. What is so only under conditions is not
    /// among them.
    fn create_only(&self, kind: &str) -> Vec<String> {
        if kind.starts_with("Custom::") {
            // CloudFormation refuses another function; what else makes a new one the function itself decides.
            return vec!["/ServiceToken".to_owned()];
        }
        let file = self.index.get(kind).unwrap_or_else(|| panic!("there is no schema of {kind}"));
        let schema = std::fs::read_to_string(self.folder.join(format!("resources/{file}.json"))).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let pointers = schema["createOnlyProperties"].as_array().into_iter().flatten().filter_map(Value::as_str);
        pointers.filter_map(|pointer| pointer.strip_prefix("/properties")).map(str::to_owned).collect()
    }
}
