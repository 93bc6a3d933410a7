package io.drover.catalog;

import java.util.List;

/**
 * A step stands where it is run by the execution itself, in an order that a replay repeats: in the
 * runbook's own route, its choices, loops, filters, tries and error clauses. A split, for one, runs
 * on other exchanges, and a step there would be written into no history, or into a wrong one.
 */
final class StepsRule implements Rule {

  @Override
  public String name() {
    return "steps";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      if (block.is("step")) {
        step(block, findings);
      } else if (block.is("stop") && block.inside("step")) {
        findings.add(block.key(), "stop in a step", "the step's end; stop between steps");
      } else if (block.is("onException") && !atTheTop(block)) {
        findings.add(block.key(), "onException further down", "first in the route");
      }
    }
    for (Block route : file.routes()) {
      if (RouteFile.isRunbook(route) && route.value() instanceof Node.Fields fields) {
        for (String option : List.of("errorHandler", "routeConfigurationId")) {
          Node.Field field = fields.field(option);
          if (field != null) {
            findings.add(
                field.key(),
                option + " of a runbook",
                "an onException in it: it would never be seen, or others would answer for it");
          }
        }
      }
      if (RouteFile.isRunbook(route) && route.all().stream().noneMatch(each -> each.is("step"))) {
        findings.add(route.key(), "a runbook without a step", "at least one step");
      }
    }
  }

  private static void step(Block step, Findings findings) {
    if (!RouteFile.isRunbook(step.top())) {
      findings.add(step.key(), "a step outside a runbook", "steps only in a route from runbook:");
    }
    Block odd = step.ancestor("step", "split", "doFinally");
    if (odd != null) {
      findings.add(
          step.key(),
          "a step in a " + odd.name(),
          "steps at the top, or in a choice, loop, filter, doTry, doCatch or onException");
    }
    if (step.children().isEmpty()) {
      findings.add(step.key(), "a step with nothing to do", "something inside");
    }
  }

  private static boolean atTheTop(Block clause) {
    Block parent = clause.parent();
    if (parent == null || !parent.is("from", "routeConfiguration")) {
      return false;
    }
    for (Block sibling : parent.children()) {
      if (sibling == clause) {
        return true;
      }
      if (!sibling.is("onException")) {
        return false;
      }
    }
    return false;
  }
}
