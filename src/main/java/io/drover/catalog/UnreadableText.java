package io.drover.catalog;

/** A text that is no YAML, or more of it than is read. */
final class UnreadableText extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  UnreadableText(Finding finding) {
    super(finding.text());
    this.finding = finding;
  }

  Finding finding() {
    return finding;
  }
}
