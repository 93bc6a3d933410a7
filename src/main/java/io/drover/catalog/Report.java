package io.drover.catalog;

import java.util.List;

/**
 * What became of a file's check.
 *
 * @param findings in the order of the text; with none the file may be loaded
 * @param waivers those that held back a finding
 * @param declared empty when the file is unreadable
 */
public record Report(List<Finding> findings, List<Waiver> waivers, Declared declared) {
  public boolean accepted() {
    return findings.isEmpty();
  }
}
