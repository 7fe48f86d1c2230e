use serde_json::json;

use super::*;

fn values() -> EarlyValues {
    let fragment = json!({
        "Parameters": {
            "Port": {"Type": "Number", "Default": 80},
            "Stage": {"Type": "String", "Default": "dev"},
            "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
            "Given": {"Type": "CommaDelimitedList"},
            "Vpc": {"Type": "AWS::EC2::VPC::Id"},
            "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
            "Password": {"Type": "String", "NoEcho": "true", "Default": "x"},
            "Secret": {"Type": "String", "Default": "{{resolve:ssm:a}}"},
            "Empty": {"Type": "String"},
        },
        "Mappings": {"Sizes": {"dev": {"Cpu": 256}, "prod": {"Cpu": 1024}}},
        "Conditions": {
            "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
            "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
            "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "InIreland"}]},
            "Either": {"Fn::Or": [{"Condition": "InIreland"}, {"Condition": "IsDev"}]},
            "InIreland": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
            "Web": {"Fn::Equals": [{"Ref": "Port"}, "80"]},
            "Ring": {"Fn::Not": [{"Condition": "Chain"}]},
            "Chain": {"Fn::Not": [{"Condition": "Ring"}]},
        },
    });
    let given = json!({"Given": ["x", "y"], "Vpc": "vpc-1", "Port": "80"});
    let (Json::Object(fragment), Json::Object(given)) = (fragment, given) else { panic!() };
    EarlyValues::new(&fragment, given)
}

#[test]
fn what_is_known_early() {
    for (function, value) in [
        (json!({"Ref": "Port"}), json!("80")),
        (json!({"Ref": "Stage"}), json!("dev")),
        (json!({"Ref": "Zones"}), json!(["a", "b"])),
        (json!({"Ref": "Given"}), json!(["x", "y"])),
        (json!({"Ref": "Vpc"}), json!("vpc-1")),
        (json!({"Ref": "AWS::NoValue"}), json!(null)),
        (json!({"Fn::If": ["IsDev", {"Ref": "Port"}, {"Ref": "Image"}]}), json!("80")),
        (json!({"Fn::If": ["Both", 1, 2]}), json!(2)),
        (json!({"Fn::If": ["Either", 1, 2]}), json!(1)),
        (json!({"Fn::If": ["Web", 1, 2]}), json!(1)),
        (json!({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Cpu"]}), json!(256)),
        (json!({"Fn::FindInMap": ["Sizes", "test", "Cpu", {"DefaultValue": 512}]}), json!(512)),
        (json!({"Fn::Sub": "${Port}:${!x}:${Stage}"}), json!("80:${x}:dev")),
        (json!({"Fn::Sub": ["${Of}:80", {"Of": {"Ref": "Port"}}]}), json!("80:80")),
        (json!("text"), json!("text")),
    ] {
        assert_eq!(values().resolve(&function), Ok(value), "{function}");
    }
}

#[test]
fn what_is_not_and_why() {
    for (function, reason) in [
        (
            json!({"Ref": "Image"}),
            "the parameter `Image` has the type `AWS::SSM::Parameter::Value<String>`, whose value is looked up",
        ),
        (json!({"Ref": "Password"}), "the parameter `Password` is `NoEcho`"),
        (json!({"Ref": "Secret"}), "the parameter `Secret` holds a dynamic reference"),
        (json!({"Ref": "Empty"}), "the parameter `Empty` has no value"),
        (json!({"Ref": "AWS::Region"}), "the pseudo parameter `AWS::Region` is known only when the stack is made"),
        (json!({"Ref": "Prot"}), "`Prot` is no parameter of the template"),
        (json!({"Ref": "Queue"}), "`Queue` is no parameter of the template"),
        (json!({"Fn::GetAtt": ["Queue", "Arn"]}), "`Fn::GetAtt` is known only when its resource is there"),
        (json!({"Fn::ImportValue": "x"}), "`Fn::ImportValue` is known only when the stack is made"),
        (json!({"Fn::Select": [0, ["a"]]}), "`Fn::Select` is worked out only when the stack is made"),
        (json!({"Fn::Sub": "${Queue.Arn}"}), "`${Queue.Arn}` is known only when its resource is there"),
        (json!({"Fn::If": ["InIreland", 1, 2]}), "the pseudo parameter `AWS::Region`"),
        (json!({"Fn::If": ["IsProt", 1, 2]}), "there is no condition `IsProt`"),
        (json!({"Fn::If": ["Ring", 1, 2]}), "the condition `Ring` depends on itself"),
        (json!({"Fn::FindInMap": ["Sizes", "test", "Cpu"]}), "`Mappings` have no `Sizes.test.Cpu`"),
        (json!("{{resolve:ssm:a}}"), "a dynamic reference"),
    ] {
        let error = values().resolve(&function).unwrap_err().to_string();
        assert!(error.starts_with(reason), "{function}: {error}");
    }
}

#[test]
fn parameters_that_decided_are_remembered() {
    let mut values = values();
    let _ = values.resolve(&json!({"Fn::If": ["IsDev", {"Ref": "Port"}, {"Ref": "Vpc"}]}));
    let _ = values.resolve(&json!({"Ref": "Image"}));
    assert_eq!(values.used().iter().collect::<Vec<_>>(), ["Port", "Stage"]);
}

#[test]
fn chains_of_conditions_neither_hang_nor_overflow() {
    let mut conditions = Map::new();
    for index in 0..10_000 {
        let next = format!("C{}", index + 1);
        conditions.insert(format!("C{index}"), json!({"Fn::And": [{"Condition": next}, {"Condition": next}]}));
    }
    let mut fragment = Map::new();
    fragment.insert("Conditions".to_owned(), Json::Object(conditions));
    let mut values = EarlyValues::new(&fragment, Map::new());
    assert!(values.resolve(&json!({"Fn::If": ["C0", 1, 2]})).is_err());
}

#[test]
fn what_to_write_instead() {
    for (function, fix) in [
        (json!({"Ref": "Empty"}), "give it a `Default`, or a value (`--parameter Empty=…` in the preview)"),
        (json!({"Ref": "Prot"}), "did you mean `Port`?"),
        (json!({"Ref": "Queue"}), "declare `Queue` under `Parameters`, with a plain type"),
        (json!({"Fn::If": ["IsProt", 1, 2]}), "did you mean `IsProd`?"),
        (json!({"Fn::FindInMap": ["Sizes", "prud", "Cpu"]}), "did you mean `prod` for `prud`?"),
        (json!({"Fn::FindInMap": ["Sizes", "prod", "Memory"]}), "add `Memory` to `Sizes.prod`"),
    ] {
        assert_eq!(values().resolve(&function).unwrap_err().fix.as_deref(), Some(fix), "{function}");
    }
}
