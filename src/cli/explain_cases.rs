//! `explain --jsonl`: one case per line in, one report per line out. Like `verify_cases`, it keeps nothing from one line to the
//! next but buffers and contexts of bounded size.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::config::Finding;
use crate::explain::{Context, explain};
use crate::jwt::NumericDate;
use crate::jwt::json_text::push_quoted;

use super::cases::{self, Identified, Unusable};
use super::clock;
use super::lines::Line;
use super::outcome::{Failure, Outcome};
use super::output::Output;
use super::recent::Recent;

pub(super) fn run(
    context: Context,
    now: Option<NumericDate>,
    output: &mut Output,
) -> Result<Outcome, Failure> {
    let mut explainer = Explainer { context: Rc::new(Ok(context)), now, recent: Recent::new() };
    cases::answer_all(output, |line, answer| explainer.answer(line, answer))
}

/// The members of a case. `null` is as good as absent.
#[derive(Deserialize)]
struct Case<'l> {
    #[serde(borrow)]
    id: Option<&'l RawValue>,
    #[serde(borrow)]
    token: Option<&'l RawValue>,
    #[serde(borrow)]
    context: Option<&'l RawValue>,
}

impl<'l> Identified<'l> for Case<'l> {
    fn id(&self) -> Option<&'l RawValue> {
        self.id
    }
}

struct Explainer {
    /// For cases without a context of their own.
    context: Rc<Result<Context, Vec<Finding>>>,
    /// For contexts without a time of their own.
    now: Option<NumericDate>,
    recent: Recent<Result<Context, Vec<Finding>>>,
}

impl Explainer {
    /// Appends the answer to a line. Returns whether the line was a case.
    fn answer(&mut self, line: Line<'_>, answer: &mut String) -> bool {
        let case = cases::begin_answer::<Case<'_>>(line, answer);
        let explained = case.and_then(|case| self.explain(&case, answer));
        if let Err(Unusable(fault)) = &explained {
            answer.push_str("\"report\":null,\"code\":\"malformed_input\",\"detail\":");
            push_quoted(answer, fault);
        }
        answer.push('}');
        explained.is_ok()
    }

    fn explain(&mut self, case: &Case<'_>, answer: &mut String) -> Result<(), Unusable> {
        let token = cases::token(case.token)?;
        let context = match case.context {
            None => Rc::clone(&self.context),
            Some(context) => self.recent.get_or_read(context.get(), Context::from_json),
        };
        let now = |context: &Context| context.now.or(self.now).map_or_else(clock::system, Ok);
        match &*context {
            Err(findings) => push_unreadable(answer, findings.iter().map(|finding| finding.code.as_str())),
            Ok(context) => match now(context) {
                Err(_) => push_unreadable(answer, core::iter::once("clock_out_of_range")),
                Ok(now) => {
                    let mut context = context.clone();
                    context.now = Some(now);
                    answer.push_str("\"report\":");
                    answer.push_str(&explain(&token, &context).to_json());
                }
            },
        }
        Ok(())
    }
}

fn push_unreadable<'f>(answer: &mut String, findings: impl Iterator<Item = &'f str>) {
    answer.push_str("\"report\":null,\"code\":\"configuration_invalid\",");
    cases::push_findings(answer, findings);
}
