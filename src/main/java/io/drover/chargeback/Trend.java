package io.drover.chargeback;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The last runs, department by department.
 *
 * @param runs oldest first; the last one is the run that is reported
 */
public record Trend(List<Run> runs) {
  /** How many runs are shown. */
  public static final int RUNS = 12;

  /** What one run found. */
  public record Run(String execution, String day, Map<String, Statement.Sum> departments) {
    public static Run of(Statement statement) {
      return new Run(statement.execution(), statement.day(), statement.departments());
    }
  }

  /** Sums by department, in order, a run each; nothing where a run did not have it. */
  public Map<String, List<Statement.Sum>> departments() {
    TreeSet<String> names = new TreeSet<>();
    runs.forEach(run -> names.addAll(run.departments().keySet()));
    Map<String, List<Statement.Sum>> sums = new LinkedHashMap<>();
    for (String name : names) {
      sums.put(
          name,
          runs.stream()
              .map(run -> run.departments().getOrDefault(name, Statement.Sum.NOTHING))
              .toList());
    }
    return sums;
  }
}
