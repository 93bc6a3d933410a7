package io.drover.catalog;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;

/**
 * What acts stands in a step. A replay runs what is between steps again, so that must do nothing
 * and say the same each time. A trigger only starts a runbook: what it did besides, no history
 * would show.
 */
final class EffectsRule implements Rule {
  /** Between steps: what routes the message or changes it, by constants and recorded values. */
  private static final Set<String> PURE =
      new TreeSet<>(
          Set.of(
              "step",
              "choice",
              "when",
              "otherwise",
              "loop",
              "filter",
              "doTry",
              "doCatch",
              "doFinally",
              "onException",
              "setBody",
              "setVariable",
              "setVariables",
              "removeVariable",
              "setHeader",
              "setHeaders",
              "removeHeader",
              "removeHeaders",
              "setProperty",
              "removeProperty",
              "removeProperties",
              "convertBodyTo",
              "log",
              "throwException",
              "stop",
              "split"));

  @Override
  public String name() {
    return "effects";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block route : file.routes()) {
      if (RouteFile.isRunbook(route)) {
        for (Block block : route.all()) {
          if (block != route && !block.is("from", "step") && !block.inside("step")) {
            between(block, known, findings);
          }
        }
      } else if (RouteFile.isTrigger(route)) {
        trigger(route, findings);
      }
    }
  }

  private static void between(Block block, Known known, Findings findings) {
    if (!PURE.contains(block.name())) {
      if (Grammar.isPattern(block.name())) {
        findings.add(block.key(), block.name() + " outside a step", "a step around it");
      }
      return;
    }
    if (block.value() instanceof Node.Fields fields) {
      for (Node.Field field : fields.fields()) {
        if (!Set.of("steps", "when", "otherwise", "doCatch", "doFinally").contains(field.name())) {
          Texts.each(field.value(), (name, text) -> sameEachTime(text, known.beans(), findings));
          methods(field, known.beans(), findings);
        }
      }
    } else {
      Texts.each(block.value(), (name, text) -> sameEachTime(text, known.beans(), findings));
    }
  }

  private static void sameEachTime(Node.Text text, Map<String, Bean> beans, Findings findings) {
    for (String function : Texts.functions(text.value())) {
      if (FunctionsRule.CHANGES_EACH_TIME.matcher(function).matches()) {
        findings.add(
            text,
            "${" + function + "} outside a step",
            "a step around it: a replay sees another value");
      }
    }
    for (Matcher call : BeansRule.calls(text.value())) {
      method(call.group(1), call.group(3), text, beans, findings);
    }
  }

  private static void methods(Node.Field field, Map<String, Bean> beans, Findings findings) {
    Node held =
        field.value() instanceof Node.Fields fields && field.name().equals("expression")
            ? fields.value("method")
            : field.name().equals("method") ? field.value() : null;
    if (held instanceof Node.Fields method) {
      Node.Text ref = method.text("ref");
      Node.Text name = method.text("method");
      if (ref != null && name != null) {
        method(ref.value(), name.value(), name, beans, findings);
      }
    }
  }

  private static void method(
      String ref,
      @org.jspecify.annotations.Nullable String call,
      Node at,
      Map<String, Bean> beans,
      Findings findings) {
    Bean bean = beans.get(ref);
    if (bean == null || call == null) {
      return;
    }
    String method = call.replaceFirst("\\(.*", "");
    if (bean.acts().contains(method) || bean.shipped().contains(method)) {
      findings.add(at, ref + "." + method + " outside a step", "a step around it");
    }
  }

  private static void trigger(Block route, Findings findings) {
    boolean starts = false;
    for (Block block : route.all()) {
      Uri uri = block.is("from") ? null : block.uri();
      if (uri != null && uri.scheme().equals("runbook")) {
        starts = true;
      } else if (uri != null) {
        findings.add(
            block.key(),
            uri.whole() + " in a trigger",
            "to: runbook:NAME; what acts is a step there");
      } else if (block.is("bean")) {
        findings.add(block.key(), "bean in a trigger", "a step of the runbook that it starts");
      }
    }
    if (!starts) {
      findings.add(route.key(), "a trigger that starts nothing", "to: runbook:NAME");
    }
  }
}
