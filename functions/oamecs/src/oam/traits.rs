//! What traits do to a component, the same for all versions.
//!
//! In: a component, and a trait whose properties its version has read. Out: the component with it. Traits are applied in the
//! author's order, and of each type there is one
//! ([5. Traits](https://github.com/oam-dev/spec/blob/4af9e65/5.traits.md)). One that the component's workload cannot have, or
//! not together with those before it, is an error here.
//!
//! | trait | effect |
//! |---|---|
//! | `manual-scaler`, `ManualScalerTrait`, `scaler` | [`scaler::scale`]`(&mut component, replicas, diagnostics)` |
//! | `auto-scaler`, `cpuscaler`, `hpa` | [`autoscaler::autoscale`]`(&mut component, Located<Scaling>, diagnostics)`, its goals by [`autoscaler::percent`] and [`autoscaler::amount`] |
//! | `ingress`, `gateway`, `Ingress` objects | [`ingress::route`]`(&mut component, Rule, diagnostics)`, its parts by [`ingress::host`] and [`ingress::path`] |

pub(super) mod autoscaler;
pub(super) mod ingress;
pub(super) mod scaler;
