package io.drover.catalog;

import java.time.Duration;

/** A gate names who answers, how many of them, and until when; it stands in a step. */
final class ApprovalsRule implements Rule {
  private static final Duration LONGEST = Duration.ofDays(60);
  private static final String APPROVER = "(user|group):[A-Za-z0-9._@-]++";

  @Override
  public String name() {
    return "approvals";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block block : file.blocks()) {
      Uri uri = block.uri();
      if (uri == null || !uri.scheme().equals("approval")) {
        continue;
      }
      if (!RouteFile.isRunbook(block.top()) || block.inside("split") || !block.inside("step")) {
        findings.add(
            uri.at(), uri.whole(), "a place in a step of the runbook itself, not in a split");
      }
      Uri.Option approvers = uri.option("approvers");
      if (approvers == null) {
        findings.add(
            uri.at(), uri.whole() + " without approvers", "?approvers=group:NAME,user:NAME");
      }
      for (Uri.Option option : uri.options()) {
        if (option.value() != null) {
          value(option, option.value(), findings);
        }
      }
    }
  }

  private static void value(Uri.Option option, String value, Findings findings) {
    String shown = option.name() + ": " + value;
    if (value.contains("${")) {
      findings.add(option.at(), shown, "a constant: who may say yes is not computed");
      return;
    }
    String constant = KameletRule.constant(value);
    if (constant == null || (constant.isEmpty() && value.contains("{{"))) {
      return; // the settings say it; nobody, when they do not
    }
    switch (option.name()) {
      case "approvers" -> {
        if (!constant.matches(APPROVER + "(," + APPROVER + ")*+")) {
          findings.add(option.at(), shown, "user:NAME and group:NAME with commas");
        }
      }
      case "needed" -> {
        if (!constant.matches("[1-9]|1[0-9]|20")) {
          findings.add(option.at(), shown, "1..20");
        }
      }
      case "timeout" -> {
        if (!KameletRule.isDuration(constant) || Duration.parse(constant).compareTo(LONGEST) > 0) {
          findings.add(
              option.at(), shown, "an ISO 8601 duration of more than 0, at most P60D, like PT24H");
        }
      }
      default -> {
        // another rule refuses it
      }
    }
  }
}
