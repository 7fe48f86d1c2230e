//! Config maps, secrets and claims.

use super::{component, main, settled, variables, web};
use crate::oam::model::container::FileContent;
use crate::oam::model::{Volume, VolumeFile};
use crate::oam::tests::{Outcome, documents, with};
use serde_json::json;

fn beside(objects: &str, properties: &str) -> Outcome {
    documents(&text(objects, properties))
}

fn text(objects: &str, properties: &str) -> String {
    let properties = properties.trim_end().replace('\n', "\n      ");
    format!(
        "{objects}
---
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {{ name: shop }}
spec:
  components:
  - name: web
    type: webservice
    properties:
      image: nginx
      {properties}
"
    )
}

const CONFIG: &str = "apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { mode: live, app.conf: \"a=1\\n\" }";

const SECRET: &str = "apiVersion: v1
kind: Secret
metadata: { name: database }
stringData: { password: !Ref Hidden, user: shop }";

fn files(volume: Option<&crate::diagnostic::Located<Volume>>) -> Vec<(String, String, Option<u32>)> {
    let Some(Volume::Files(files)) = volume.map(|volume| &volume.value) else { panic!("{volume:?}") };
    let text = |file: &VolumeFile| match &file.content {
        FileContent::Text(text) => text.known().cloned().unwrap_or_default(),
        FileContent::Secret { name, key } => format!("{name}:{}", key.clone().unwrap_or_default()),
    };
    files.iter().map(|(path, file)| (path.clone(), text(&file.value), file.value.mode)).collect()
}

#[test]
fn a_config_map_is_text() {
    let outcome = beside(
        CONFIG,
        "env:
- { name: MODE, valueFrom: { configMapKeyRef: { name: settings, key: mode } } }
volumeMounts:
  configMap:
  - { name: all, mountPath: /etc/all, cmName: settings, defaultMode: 0440 }
  - { name: one, mountPath: /etc/one, cmName: settings, items: [{ key: app.conf, path: shop.conf }] }",
    );
    let web = component(outcome, "web");
    assert_eq!(variables(main(&web)), ["MODE=live"]);
    assert_eq!(
        files(web.pod.volumes.get("all")),
        [("app.conf".to_owned(), "a=1\n".to_owned(), Some(0o440)), ("mode".to_owned(), "live".to_owned(), Some(0o440)),]
    );
    assert_eq!(files(web.pod.volumes.get("one")), [("shop.conf".to_owned(), "a=1\n".to_owned(), Some(0o777))]);
}

#[test]
fn what_no_document_has_is_told() {
    let outcome = beside(
        CONFIG,
        "env:
- { name: A, valueFrom: { configMapKeyRef: { name: setting, key: mode } } }
- { name: B, valueFrom: { configMapKeyRef: { name: settings, key: mood } } }
- { name: C, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
- { name: D, value: x, valueFrom: { secretKeyRef: { name: s, key: k } } }
volumeMounts:
  secret: [{ name: s, mountPath: /s, secretName: elsewhere }]",
    );
    assert_eq!(outcome.errors().len(), 5, "{:#?}", outcome.told);
    assert_eq!(outcome.about("did you mean `settings`?").len(), 1);
    assert_eq!(outcome.about("did you mean `mode`?").len(), 1);
    assert_eq!(outcome.about("list its keys").len(), 1);
}

#[test]
fn a_secret_has_no_value_in_a_template() {
    let used = "env:
- { name: PASSWORD, valueFrom: { secretKeyRef: { name: database, key: password } } }
- { name: DB_USER, valueFrom: { secretKeyRef: { name: database, key: user } } }";
    let refused = beside(SECRET, used);
    assert_eq!(refused.errors().len(), 1, "{:#?}", refused.told);
    assert!(refused.errors()[0].contains("the secret `database` has no value for `user` that a template may hold"));
    assert_eq!(refused.about("is not taken").len(), 1);
    assert!(!refused.told.iter().any(|line| line.contains("`shop`")), "{:#?}", refused.told);

    let given = with(json!({ "Secrets": { "database": "shop/database" } }), &text(SECRET, used));
    assert!(given.errors().is_empty() && given.about("is not taken").is_empty(), "{:#?}", given.told);
    let model = given.application();
    let values = &model.secrets.get("database").expect("a secret").values;
    assert_eq!(values.keys().collect::<Vec<_>>(), ["password"]);
}

#[test]
fn base64_is_no_place_for_functions() {
    let outcome = beside(
        "apiVersion: v1\nkind: Secret\nmetadata: { name: database }\ndata: { password: !Ref Hidden }",
        "port: 80",
    );
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
    assert!(outcome.errors()[0].contains("write it under `stringData`"));
}

#[test]
fn storage_makes_what_it_mounts() {
    let outcome = settled(
        json!({ "Secrets": "generate" }),
        "components:
- name: web
  type: webservice
  properties: { image: nginx }
  traits:
  - type: storage
    properties:
      pvc:
      - { name: data, mountPath: /data, accessModes: [ReadWriteMany], resources: { requests: { storage: 8Gi } } }
      - { name: data, mountPath: /cache, subPath: /cache/ }
      - { name: there, mountPath: /there, mountOnly: true }
      configMap:
      - name: settings
        mountToEnv: { envName: MODE, configMapKey: mode }
        data: { mode: live }
      secret:
      - name: keys
        mountPath: /keys
        defaultMode: 0400
        mountToEnvs: [{ envName: KEY, secretKey: key }]
        stringData: { key: abc }
      emptyDir: [{ name: tmp, mountPath: /tmp, medium: Memory }]",
    );
    let web = component(outcome, "web");
    assert_eq!(variables(main(&web)), ["MODE=live", "KEY=keys:key"]);
    let claims: Vec<_> = ["pvc-data", "pvc-there"]
        .into_iter()
        .filter_map(|name| match &web.pod.volumes.get(name)?.value {
            Volume::Claim { claim, exists, is_shared } => {
                Some((claim.as_str(), *exists, is_shared.as_ref().map(|is_shared| is_shared.value)))
            }
            _ => None,
        })
        .collect();
    assert_eq!(claims, [("data", false, Some(true)), ("there", true, None)]);
    assert_eq!(files(web.pod.volumes.get("secret-keys")), [("key".to_owned(), "keys:key".to_owned(), Some(0o400))]);
    let mounts: Vec<_> =
        main(&web).mounts.iter().map(|mount| (mount.path.as_str(), mount.sub_path.as_deref())).collect();
    assert_eq!(
        mounts,
        [("/data", None), ("/cache", Some("cache")), ("/there", None), ("/keys", None), ("/tmp", None),]
    );
}

#[test]
fn volumes_that_cannot_be_had_are_told() {
    let outcome = web("properties:
  image: nginx
  volumes:
  - { name: data, type: pvc, claimName: data, mountPath: data }
  - { name: up, type: pvc, claimName: data, mountPath: /up, subPath: ../other }
  - { name: log, type: hostPath, mountPath: /log }
traits:
- { type: storage, properties: { hostPath: [{ name: log, path: /var/log, mountPath: /log }] } }
- { type: storage, properties: { pvc: [{ name: disk, mountPath: /dev/disk, volumeMode: Block }] } }");
    assert_eq!(outcome.errors().len(), 5, "{:#?}", outcome.told);
}

#[test]
fn an_ingress_beside_leads_to_a_component() {
    let ingress = |service: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{ name: shop }}
spec:
  rules:
  - host: shop.example.net
    http:
      paths:
      - {{ path: /shop, pathType: Prefix, backend: {{ service: {{ name: {service}, port: {{ number: 80 }} }} }} }}"
        )
    };
    let web = component(beside(&ingress("web"), "port: 80"), "web");
    assert_eq!(web.rules.len(), 1);
    let unknown = beside(&ingress("wbe"), "port: 80");
    assert_eq!(unknown.errors().len(), 1, "{:#?}", unknown.told);
}
