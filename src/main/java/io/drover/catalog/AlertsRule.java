package io.drover.catalog;

/** A trigger by Prism's alerts is told values that it can use. */
final class AlertsRule implements Rule {

  @Override
  public String name() {
    return "alerts";
  }

  @Override
  public void check(RouteFile file, Known known, Findings findings) {
    for (Block route : file.routes()) {
      Uri from = RouteFile.from(route);
      if (from == null || !from.scheme().equals("prism-alerts")) {
        continue;
      }
      for (Uri.Option option : from.options()) {
        AlertOption meant = AlertOption.of(option.name());
        String value = option.value() == null ? null : KameletRule.constant(option.value());
        if (meant != null && value != null && !meant.takes(value)) {
          findings.add(option.at(), option.name() + " " + value, meant.expected());
        }
      }
    }
  }
}
