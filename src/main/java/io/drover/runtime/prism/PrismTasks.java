package io.drover.runtime.prism;

import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismRequest;
import io.drover.prism.PrismRequests;
import io.drover.prism.PrismTask;
import io.drover.prism.TaskReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Reads tasks of one Prism Central through the door. */
final class PrismTasks implements TaskReader.Source {
  /** Sub-tasks of sub-tasks; deeper ones add nothing to a reason. */
  private static final int DEEPEST = 3;

  private static final PrismRequest SHAPE = PrismRequests.tasks(List.of("any"));

  private final PrismCalls calls;
  private final PrismCentral central;

  PrismTasks(PrismCalls calls, PrismCentral central) {
    this.calls = calls;
    this.central = central;
  }

  @Override
  public CompletableFuture<List<PrismTask>> read(Supplier<List<String>> ids, boolean urgent) {
    Caller house = new Caller(urgent, () -> {}, point -> {});
    return calls
        .readOnce(
            central,
            SHAPE,
            () -> {
              List<String> wanted = ids.get();
              return wanted.isEmpty() ? null : PrismRequests.tasks(wanted);
            },
            house)
        .thenApply(answer -> answer == null ? List.of() : answer.tasks());
  }

  /**
   * Failed sub-tasks, where the real reason often stands. Trouble in reading them leaves the reason
   * out instead of hiding the failure.
   */
  static CompletableFuture<List<PrismTask>> causes(
      PrismCalls calls, PrismCentral central, PrismTask task, Caller caller) {
    if (!task.hasSubTasks() && !task.messages().isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    return causes(calls, central, task.extId(), caller, 1).exceptionally(unreadable -> List.of());
  }

  private static CompletableFuture<List<PrismTask>> causes(
      PrismCalls calls, PrismCentral central, String parent, Caller caller, int depth) {
    return calls
        .read(central, PrismRequests.subTasks(parent), caller)
        .thenApply(PrismAnswer::tasks)
        .thenCompose(
            children -> {
              List<PrismTask> failed =
                  children.stream()
                      .filter(child -> child.status() == PrismTask.Status.FAILED)
                      .toList();
              CompletableFuture<List<PrismTask>> all =
                  CompletableFuture.completedFuture(new ArrayList<>(failed));
              for (PrismTask child : failed) {
                if (child.hasSubTasks() && depth < DEEPEST) {
                  all =
                      all.thenCombine(
                          causes(calls, central, child.extId(), caller, depth + 1),
                          (known, deeper) -> {
                            List<PrismTask> both = new ArrayList<>(deeper);
                            both.addAll(known);
                            return both;
                          });
                }
              }
              return all;
            });
  }
}
