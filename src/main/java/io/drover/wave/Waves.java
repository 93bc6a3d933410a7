package io.drover.wave;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is on record of waves, VM by VM. */
public interface Waves {

  /**
   * A VM of a wave.
   *
   * @param execution the wave's
   * @param vm its id at vCenter
   * @param place in the order of the plan, from 0
   * @param told for people; hostile text
   * @param progress of the copy in percent
   * @param extId of the VM in AHV
   * @param facts uuids, readiness, approvers, times of phases and the like
   */
  record Vm(
      String execution,
      String vcenter,
      String vm,
      String name,
      int place,
      WavePhase phase,
      @Nullable String told,
      int progress,
      @Nullable Long etaSeconds,
      @Nullable String extId,
      Map<String, Object> facts,
      Instant updatedAt) {}

  /** A VM that a wave begins with. */
  record Begun(String vm, String name, int place, Map<String, Object> facts) {}

  /** What Move told of a copy. */
  record Progress(
      String vm, WavePhase phase, String told, int progress, @Nullable Long etaSeconds) {}

  /** A wave. */
  record Sum(String execution, String vcenter, Map<WavePhase, Integer> vms, Instant updatedAt) {}

  /** Those that are known already stay as they are. */
  void begin(String execution, String vcenter, Collection<Begun> vms);

  /**
   * A VM enters a phase; when it did is added to its facts under {@code times}.
   *
   * @param told null keeps what was told before
   * @param facts added to those that are known; one of them may be {@code extId}
   */
  void phase(
      String execution, String vm, WavePhase phase, @Nullable String told, Map<String, ?> facts);

  void progress(String execution, Collection<Progress> vms);

  List<Vm> of(String execution);

  Optional<Vm> find(String execution, String vm);

  /** Ids of the VMs of a vCenter that run on AHV. */
  Set<String> migrated(String vcenter);

  /** The newest ones first. */
  List<Sum> list(int limit);
}
