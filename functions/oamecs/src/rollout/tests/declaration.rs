//! What a declaration may say beside its document.

use serde_json::json;

use super::with;

const DOCUMENT: &str = "{version: v1, cluster: shop, tasks: {pre: [{family: migrate, count: 1, containers: [app]}], post: [{family: warm-up, count: 1, containers: [app]}]}, services: [{name: web, containers: [app, proxy]}]}";

/// TK-05: one tag for all containers that are named, or for each its own.
#[test]
fn images_get_tags() {
    let outcome = with(json!({ "ImageTag": { "Ref": "Tag" } }), DOCUMENT);
    let web = outcome.of("ReleaseWebRollout");
    assert_eq!(web["ImageTag"], json!({ "Ref": "Tag" }));
    assert_eq!(web["Containers"], json!([{ "Name": "app" }, { "Name": "proxy" }]));
    let outcome = with(
        json!({ "ImageTag": "1", "Workloads": { "web": { "ImageTag": "2", "Containers": { "proxy": "3" } } } }),
        DOCUMENT,
    );
    let web = outcome.of("ReleaseWebRollout");
    assert_eq!(web["Containers"], json!([{ "Name": "app", "ImageTag": "2" }, { "Name": "proxy", "ImageTag": "3" }]));
    assert_eq!(web.get("ImageTag"), None);
    assert_eq!(outcome.of("ReleaseMigratePreTask")["ImageTag"], json!("1"));
}

/// TK-06.
#[test]
fn a_tag_may_be_a_digest() {
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let outcome = with(json!({ "ImageTag": digest }), DOCUMENT);
    assert_eq!(outcome.of("ReleaseWebRollout")["ImageTag"], json!(digest));
    for tag in ["sha256:0123", "a b", "-a", ""] {
        let outcome = with(json!({ "ImageTag": tag }), DOCUMENT);
        assert!(outcome.only().contains("is no tag of an image, nor a digest"), "{tag}: {:#?}", outcome.told);
    }
    let outcome = with(json!({ "ImageTag": 1.1 }), DOCUMENT);
    assert!(outcome.only().contains("zeros at its end are lost"), "{:#?}", outcome.told);
}

/// TK-12: the resources stay as they are, so that nothing is deleted and made anew.
#[test]
fn tasks_are_skipped_and_stay() {
    let all = with(json!({ "ImageTag": "1" }), DOCUMENT);
    let skip = json!({ "Ref": "Skip" });
    let pre = json!({ "Ref": "SkipPre" });
    let both = json!({ "Fn::Join": [",", [skip, pre]] });
    for (switches, before, after) in [
        (json!({}), None, None),
        (json!({ "SkipTasks": false }), None, None),
        (json!({ "SkipTasks": true }), Some(json!("true")), Some(json!("true"))),
        (json!({ "SkipTasks": skip }), Some(skip.clone()), Some(skip.clone())),
        (json!({ "SkipPreTasks": pre }), Some(pre.clone()), None),
        (json!({ "SkipPostTasks": "yes" }), None, Some(json!("true"))),
        (json!({ "SkipTasks": skip, "SkipPreTasks": pre }), Some(both), Some(skip.clone())),
        (json!({ "SkipTasks": skip, "SkipPreTasks": true }), Some(json!("true")), Some(skip.clone())),
        (json!({ "SkipTasks": skip, "SkipPreTasks": skip }), Some(skip.clone()), Some(skip.clone())),
    ] {
        let mut properties = switches.clone();
        properties["ImageTag"] = json!("1");
        let outcome = with(properties, DOCUMENT);
        assert_eq!(outcome.of("ReleaseMigratePreTask").get("Skip"), before.as_ref(), "{switches}");
        assert_eq!(outcome.of("ReleaseWarmUpPostTask").get("Skip"), after.as_ref(), "{switches}");
        let ids = |outcome: &super::Outcome| outcome.resources.keys().cloned().collect::<Vec<_>>();
        assert_eq!(ids(&outcome), ids(&all));
        assert_eq!(outcome.depends_on("ReleaseWebRollout"), ["ReleaseMigratePreTask"]);
    }
}

#[test]
fn options_are_said_by_name_or_of_all() {
    let outcome = with(
        json!({
            "ImageTag": "1",
            "Defaults": { "OnFailure": "ignore", "Timeout": 60, "WaitFor": "drained" },
            "Workloads": {
                "migrate": { "OnFailure": "rollback", "Run": "always", "Timeout": "3480", "ExitPolicy": "strict" },
                "web": { "Force": true, "OnMissing": "skip", "OnDelete": "restore", "TakeOver": true, "WhileBusy": "wait" },
            },
        }),
        DOCUMENT,
    );
    let migrate = outcome.of("ReleaseMigratePreTask");
    assert_eq!((&migrate["OnFailure"], &migrate["Timeout"]), (&json!("rollback"), &json!(3480)));
    assert_eq!((&migrate["ServiceTimeout"], &migrate["Nonce"]), (&json!(3600), &json!("request")));
    assert_eq!((&migrate["ExitPolicy"], migrate.get("Subjects")), (&json!("strict"), None));
    let warm_up = outcome.of("ReleaseWarmUpPostTask");
    assert_eq!((&warm_up["OnFailure"], &warm_up["Timeout"]), (&json!("ignore"), &json!(60)));
    assert_eq!((warm_up.get("Nonce"), &warm_up["Subjects"]), (None, &json!(["app"])));
    let web = outcome.of("ReleaseWebRollout");
    assert_eq!((&web["Force"], &web["Nonce"], &web["OnFailure"]), (&json!(true), &json!("request"), &json!("ignore")));
    assert_eq!(
        (&web["OnMissing"], &web["OnDelete"], &web["TakeOver"]),
        (&json!("skip"), &json!("restore"), &json!(true))
    );
    assert_eq!((&web["WaitFor"], &web["WhileBusy"]), (&json!("drained"), &json!("wait")));
}

/// The same images once more: nothing is copied, and all tasks are replaced.
#[test]
fn a_service_may_be_forced_without_a_tag() {
    let document = |force: &str| {
        format!("{{version: v1, cluster: shop, services: [{{name: web, containers: [app], force: {force}}}]}}")
    };
    let outcome = with(json!({}), &document("true"));
    let web = outcome.of("ReleaseWebRollout");
    assert_eq!((&web["Force"], web.get("Containers")), (&json!(true), None));
    let outcome = with(json!({}), &document("false"));
    assert!(outcome.only().contains("nothing would be rolled out"), "{:#?}", outcome.told);
}

#[test]
fn what_a_task_or_a_service_has_no_use_for_is_noted() {
    for (workloads, expected) in [
        (
            json!({ "migrate": { "WaitFor": "stable" } }),
            "note Properties.Workloads.migrate.WaitFor: `WaitFor` has no effect on `migrate`, which is a task",
        ),
        (
            json!({ "web": { "Timeout": 60 } }),
            "note Properties.Workloads.web.Timeout: `Timeout` has no effect on `web`, which is a service",
        ),
        (
            json!({ "wep": {} }),
            "error Properties.Workloads.wep: there is no task and no service `wep`. Fix: did you mean `web`?",
        ),
        (
            json!({ "web": { "Containers": { "ap": "1" } } }),
            "error Properties.Workloads.web.Containers.ap: `ap` is none of the containers of `web`",
        ),
        (
            json!({ "migrate": { "Timeout": 3481 } }),
            "error Properties.Workloads.migrate.Timeout: CloudFormation waits for 3480 seconds at most, not 3481",
        ),
    ] {
        let outcome = with(json!({ "ImageTag": "1", "Workloads": workloads }), DOCUMENT);
        assert!(outcome.only().starts_with(expected), "{:#?}", outcome.told);
    }
}
