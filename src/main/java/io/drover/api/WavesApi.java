package io.drover.api;

import io.drover.wave.WavePhase;
import io.drover.wave.Waves;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/waves")
@Tag(name = "Waves", description = "Migrations from vCenter to AHV, VM by VM")
class WavesApi {
  private static final int MOST = 1_000;

  private final Waves waves;

  WavesApi(Waves waves) {
    this.waves = waves;
  }

  /** A wave: how many of its VMs are in each phase. */
  record WaveView(
      String execution, String vcenter, Map<WavePhase, Integer> vms, Instant updatedAt) {}

  /**
   * One VM of a wave.
   *
   * @param vm its id at vCenter
   * @param progress of its copy, in percent
   * @param etaSeconds until its copy is ready, as Move estimates
   * @param extId in AHV, once it is there
   * @param facts uuids, readiness and when it was checked, approvers, and when each phase began
   */
  record WaveVmView(
      String vm,
      String name,
      WavePhase phase,
      @Nullable String told,
      int progress,
      @Nullable Long etaSeconds,
      @Nullable String extId,
      Map<String, Object> facts,
      Instant updatedAt) {}

  @GetMapping
  @Operation(summary = "Waves, the newest first")
  List<WaveView> list(@RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + MOST + ")");
    }
    return waves.list(limit).stream()
        .map(sum -> new WaveView(sum.execution(), sum.vcenter(), sum.vms(), sum.updatedAt()))
        .toList();
  }

  @GetMapping("/{execution}")
  @Operation(
      summary = "The VMs of a wave, in the order of its plan",
      description =
          "The plan itself is among the execution's artifacts, as text (wave.txt) and as a graph"
              + " (wave.dot).")
  List<WaveVmView> vms(@PathVariable String execution) {
    List<Waves.Vm> vms = waves.of(execution);
    if (vms.isEmpty()) {
      throw new NoSuchElementException("There is no wave " + execution);
    }
    return vms.stream()
        .map(
            vm ->
                new WaveVmView(
                    vm.vm(),
                    vm.name(),
                    vm.phase(),
                    vm.told(),
                    vm.progress(),
                    vm.etaSeconds(),
                    vm.extId(),
                    vm.facts(),
                    vm.updatedAt()))
        .toList();
  }
}
