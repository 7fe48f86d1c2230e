use serde_json::json;

use super::*;
use crate::cloudformation::{Function, Resource, Written};
use crate::diagnostic::render;
use crate::fragment::find;

pub(in crate::fragment) fn object(value: Json) -> Map<String, Json> {
    let Json::Object(map) = value else { panic!("not a map") };
    map
}

/// Resources by id, owner, role, type and properties.
pub(in crate::fragment) fn lowered(resources: &[(&str, &str, &str, &'static str, Json)]) -> Lowered {
    let mut lowered = Lowered::default();
    for (id, owner, role, kind, properties) in resources {
        let resource = Resource {
            owner: (*owner).to_owned(),
            role: (*role).to_owned(),
            origin: Origin::TEMPLATE,
            kind,
            properties: Written::from(&object(properties.clone())),
            depends_on: BTreeSet::new(),
            condition: None,
            on_demand: None,
            keep: if *kind == "AWS::EFS::FileSystem" { Keep::Data } else { Keep::No },
            metadata: Map::new(),
            attributes: Map::new(),
        };
        lowered.resources.insert(LogicalId::of_author(id), resource);
    }
    lowered
}

fn shop() -> Lowered {
    let mut lowered = lowered(&[
        ("OamEcsVpc", "OamEcs", "Vpc", "AWS::EC2::VPC", json!({"CidrBlock": "10.0.0.0/16"})),
        ("ShopCluster", "Shop", "Cluster", "AWS::ECS::Cluster", json!({})),
        ("ShopData", "Shop", "data.FileSystem", "AWS::EFS::FileSystem", json!({})),
        (
            "ShopWebService",
            "Shop",
            "web.Service",
            "AWS::ECS::Service",
            json!({"Cluster": {"Ref": "ShopCluster"}, "Role": {"Fn::GetAtt": "Env.VpcId"}}),
        ),
        ("EnvVpc", "Env", "Vpc", "AWS::EC2::VPC", json!({})),
        ("EnvSubnet", "Env", "Subnet", "AWS::EC2::Subnet", json!({"VpcId": {"Ref": "EnvVpc"}})),
    ]);
    lowered.attributes.insert(
        "Shop".to_owned(),
        BTreeMap::from([("Name".to_owned(), Function::GetAtt(LogicalId::of_author("ShopWebService"), "Name").into())]),
    );
    lowered.attributes.insert(
        "Env".to_owned(),
        BTreeMap::from([("VpcId".to_owned(), Function::Ref(LogicalId::of_author("EnvVpc")).into())]),
    );
    lowered.outputs.insert("ShopDataId".to_owned(), ("Shop".to_owned(), json!({"Value": {"Ref": "ShopData"}})));
    lowered.shared_by.insert("OamEcs".to_owned(), BTreeSet::from(["Shop".to_owned(), "Blog".to_owned()]));
    lowered
}

fn run(fragment: Json, lowered: Lowered) -> (Spliced, Vec<String>) {
    let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
    let (template, declarations) = find(object(fragment), &mut origins, &mut diagnostics);
    let spliced = splice(template, &declarations, lowered, &mut origins, &mut diagnostics);
    (spliced, render(&diagnostics, &origins).iter().map(ToString::to_string).collect())
}

fn declaration(kind: &str, mut attributes: Json) -> Json {
    attributes["Type"] = json!(format!("OamEcs::{kind}"));
    attributes["Properties"] = if kind == "Compose" { json!({"Document": {"services": {}}}) } else { json!({}) };
    attributes
}

#[test]
fn a_fragment_without_declarations_comes_back_as_it_was() {
    for fragment in [
        json!({}),
        json!({"Resources": ["x"], "Outputs": null, "Conditions": {}}),
        json!({"Z": 1, "Resources": {"B": {"Type": "AWS::SNS::Topic", "DependsOn": "A"}, "A": 1}, "A": [{"Ref": "x"}]}),
    ] {
        let (spliced, _) = run(fragment.clone(), Lowered::default());
        assert_eq!(spliced.write().get(), fragment.to_string());
    }
}

#[test]
fn resources_stand_in_the_place_of_their_declaration() {
    let (spliced, lines) = run(
        json!({
            "Resources": {
                "Queue": {"Type": "AWS::SQS::Queue"},
                "Env": declaration("Environment", json!({})),
                "Shop": declaration("Compose", json!({"DependsOn": "Queue", "Condition": "IsProd", "Metadata": {"Team": "a"}})),
                "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": ["Shop", "Queue", "Env"], "Properties": {"DisplayName": {"Fn::Sub": "${Shop.Name}"}}},
                "Other": {"Type": "AWS::SNS::Topic", "DependsOn": "Shop"},
            },
            "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Shop", "Name"]}}},
            "Conditions": {"IsProd": {"Fn::Equals": [1, 1]}},
        }),
        shop(),
    );
    assert_eq!(lines, Vec::<String>::new());
    let metadata = |role: &str| json!({"Team": "a", "OamEcs": {"Role": role, "Source": "Shop"}});
    let mut expected = json!({
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "EnvVpc": {"Type": "AWS::EC2::VPC", "Metadata": {"OamEcs": {"Role": "Vpc", "Source": "Env"}}},
            "EnvSubnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "EnvVpc"}},
                "Metadata": {"OamEcs": {"Role": "Subnet", "Source": "Env"}}},
            "OamEcsVpc": {"Type": "AWS::EC2::VPC", "Condition": "IsProd", "Properties": {"CidrBlock": "10.0.0.0/16"},
                "Metadata": {"OamEcs": {"Role": "Vpc", "Source": "OamEcs"}}},
            "ShopCluster": {"Type": "AWS::ECS::Cluster", "Condition": "IsProd", "DependsOn": ["Queue"], "Metadata": metadata("Cluster")},
            "ShopData": {"Type": "AWS::EFS::FileSystem", "Condition": "IsProd", "DependsOn": ["Queue"],
                "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain", "Metadata": metadata("data.FileSystem")},
            "ShopWebService": {"Type": "AWS::ECS::Service", "Condition": "IsProd",
                "Properties": {"Cluster": {"Ref": "ShopCluster"}, "Role": {"Ref": "EnvVpc"}}, "Metadata": metadata("web.Service")},
            "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": ["EnvSubnet", "Queue"],
                "Properties": {"DisplayName": {"Fn::Sub": "${ShopWebService.Name}"}}},
            "Other": {"Type": "AWS::SNS::Topic", "DependsOn": ["ShopWebService"]},
        },
        "Outputs": {
            "Name": {"Value": {"Fn::GetAtt": ["ShopWebService", "Name"]}},
            "ShopDataId": {"Value": {"Ref": "ShopData"}, "Condition": "IsProd"},
        },
        "Conditions": {"IsProd": {"Fn::Equals": [1, 1]}},
    });
    assert_eq!(spliced.write().get(), expected.to_string());
    assert_eq!(spliced.resources.len(), 9);

    let mut spliced = spliced;
    assert_eq!(spliced.measure(&mut Diagnostics::default()).bytes, expected.to_string().len());
    spliced.annotate(["b".to_owned(), "a".to_owned()]);
    spliced.annotate(["c".to_owned(), "a".to_owned()]);
    expected["Metadata"] = json!({"OamEcs": {"Notes": ["a", "b", "c"]}});
    assert_eq!(spliced.write().get(), expected.to_string());
}

#[test]
fn what_is_shared_is_made_if_one_declaration_is() {
    for (shop, blog, expected) in [
        (json!({"Condition": "A"}), json!({"Condition": "A"}), json!("A")),
        (json!({"Condition": "A"}), json!({}), json!(null)),
        (json!({"Condition": "B"}), json!({"Condition": "A"}), json!("OamEcsCondition")),
    ] {
        let resources = json!({"Shop": declaration("Compose", shop), "Blog": declaration("Compose", blog)});
        let (spliced, _) = run(json!({"Resources": resources, "Conditions": {"A": 1, "B": 2}}), super::tests::shop());
        let template = serde_json::from_str::<Json>(spliced.write().get()).unwrap();
        let condition = template["Resources"]["OamEcsVpc"].get("Condition").cloned().unwrap_or_default();
        assert_eq!(condition, expected);
        if expected == "OamEcsCondition" {
            assert_eq!(
                template["Conditions"]["OamEcsCondition"],
                json!({"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]})
            );
        }
    }
}

/// [`shop`], whose shared network is made on demand.
fn on_demand() -> Lowered {
    let mut lowered = shop();
    let unit = LogicalId::of_author("OamEcsVpc");
    let subnet = lowered.resources[&LogicalId::of_author("EnvSubnet")].clone();
    let of_shared = Written::from(&object(json!({"VpcId": {"Ref": "OamEcsVpc"}})));
    let subnet = Resource { owner: "OamEcs".to_owned(), properties: of_shared, ..subnet };
    lowered.resources.insert(LogicalId::of_author("OamEcsSubnet"), subnet);
    for resource in lowered.resources.values_mut().filter(|resource| resource.owner == "OamEcs") {
        resource.on_demand = Some(unit.clone());
    }
    let attributes = lowered.attributes.get_mut("Shop").unwrap();
    attributes.insert("VpcId".to_owned(), Function::Ref(LogicalId::of_author("OamEcsVpc")).into());
    lowered
}

#[test]
fn what_is_made_on_demand_is_made_together_or_not_at_all() {
    let topic = |more: Json| {
        let mut topic = json!({"Type": "AWS::SNS::Topic"});
        topic.as_object_mut().unwrap().extend(object(more));
        topic
    };
    let vpc = json!({"Fn::GetAtt": ["Shop", "VpcId"]});
    for (author, output, is_made) in [
        (topic(json!({"DependsOn": "Shop"})), json!({"Fn::GetAtt": ["Shop", "Name"]}), false),
        (topic(json!({"Properties": {"DisplayName": vpc}})), json!(1), true),
        (topic(json!({"Properties": {"DisplayName": {"Fn::Sub": "in ${Shop.VpcId}"}}})), json!(1), true),
        (topic(json!({"DependsOn": "OamEcsSubnet"})), json!(1), true),
        (topic(json!({})), vpc, true),
    ] {
        let (shop, blog) = (json!({"Condition": "A"}), json!({"Condition": "B"}));
        let resources = json!({"Env": declaration("Environment", json!({})), "Topic": author,
            "Shop": declaration("Compose", shop), "Blog": declaration("Compose", blog)});
        let outputs = json!({"Out": {"Value": output}});
        let fragment = json!({"Resources": resources, "Conditions": {"A": 1, "B": 2}, "Outputs": outputs});
        let (spliced, lines) = run(fragment, on_demand());
        assert_eq!(lines, Vec::<String>::new());
        let template = serde_json::from_str::<Json>(spliced.write().get()).unwrap();
        for id in ["OamEcsVpc", "OamEcsSubnet"] {
            assert_eq!(template["Resources"].get(id).is_some(), is_made, "{id}: {}", template["Resources"]["Topic"]);
        }
        // Nor is a condition that nothing has.
        assert_eq!(template["Conditions"].get("OamEcsCondition").is_some(), is_made);
    }
}

#[test]
fn patches_and_policies_reach_the_resource() {
    let mut lowered = shop();
    let data = lowered.resources.get_mut(&LogicalId::of_author("ShopData")).unwrap();
    data.condition = Some("Own".to_owned());
    data.attributes = object(json!({"UpdateReplacePolicy": null, "UpdatePolicy": {"A": 1}}));
    data.metadata = object(json!({"Team": "b"}));
    let shop = declaration("Compose", json!({"DeletionPolicy": "Delete", "Condition": "C", "Metadata": {"Team": "a"}}));
    let resources = json!({"Env": declaration("Environment", json!({})), "Shop": shop});
    let (spliced, lines) = run(json!({"Resources": resources, "Conditions": {"C": 1}}), lowered);
    assert_eq!(lines, Vec::<String>::new());
    let template = serde_json::from_str::<Json>(spliced.write().get()).unwrap();
    assert_eq!(
        template["Resources"]["ShopData"],
        json!({"Type": "AWS::EFS::FileSystem", "Condition": "ShopDataCondition", "DeletionPolicy": "Delete",
            "UpdatePolicy": {"A": 1}, "Metadata": {"Team": "b", "OamEcs": {"Role": "data.FileSystem", "Source": "Shop"}}})
    );
    assert_eq!(
        template["Conditions"],
        json!({"C": 1, "ShopDataCondition": {"Fn::And": [{"Condition": "C"}, {"Condition": "Own"}]}})
    );
    assert_eq!(template["Resources"]["ShopCluster"].get("DeletionPolicy"), None);
}

#[test]
fn policies_without_data_are_noted() {
    let resources = json!({"Env": declaration("Environment", json!({"DeletionPolicy": "Delete"}))});
    let (_, lines) = run(json!({ "Resources": resources }), shop());
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("`DeletionPolicy` and `UpdateReplacePolicy` have no effect"), "{lines:?}");
}

#[test]
fn mistakes_are_named_with_what_to_write() {
    let resources = json!({"Env": declaration("Environment", json!({})), "Shop": declaration("Compose", json!({})),
        "ShopCluster": {"Type": "AWS::SNS::Topic", "Properties": {"Name": {"Ref": "Shop"}}}});
    let (_, lines) = run(json!({"Resources": resources, "Outputs": {"ShopDataId": {"Value": 1}}}), shop());
    assert_eq!(
        lines,
        [
            "Resources.ShopCluster.Properties.Name: `Shop` becomes many resources and has no single id, so `Ref` of it means nothing. Fix: write `!GetAtt Shop.Name`; its attributes are `Name`",
            "Outputs.ShopDataId: `Shop` adds an output of this name. Fix: rename the output `ShopDataId`",
            "`Cluster` of `Shop` gets the logical id `ShopCluster`, which the template has already. Fix: rename the resource `ShopCluster` of the template, or `Shop`",
        ]
    );
}
