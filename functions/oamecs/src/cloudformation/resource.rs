//! The properties of the resource types that we write, one file an AWS service.
//!
//! Only what the lowering sets is here, under CloudFormation's own names; an absent property is left out, while zero and
//! false are written when given. cfn-lint, which carries AWS's schemas, is the oracle for each of them in the tests.

