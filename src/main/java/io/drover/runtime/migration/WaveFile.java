package io.drover.runtime.migration;

import io.drover.runtime.BlockInput;
import io.drover.wave.WaveMember;
import io.drover.wave.WaveNeed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What is declared of dependencies, by a file and by tags.
 *
 * <p>The file is YAML: {@code waves} (a list of name, vms), {@code dependencies} (a list of vm,
 * needs), {@code tiers} (a list of name, vms that go together), {@code staying} (what never goes).
 */
record WaveFile(
    List<String> waves,
    Map<String, Set<String>> wavesOf,
    List<WaveNeed> needs,
    Map<String, Set<String>> tiersOf,
    Set<String> staying) {
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final Set<String> KEYS = Set.of("waves", "dependencies", "tiers", "staying");

  /** Reads a file of this folder. */
  static WaveFile read(Path folder, @Nullable String name) {
    if (name == null || name.isBlank()) {
      return of(Map.of());
    }
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,100}\\.ya?ml")) {
      throw BlockInput.wrong(
          "dependencies.file", name, "a file's name like erp.yaml, without a folder");
    }
    Path file = folder.resolve(name);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw BlockInput.wrong("dependencies.file", name, "at most 4 MiB");
      }
      LoaderOptions limits = new LoaderOptions();
      limits.setMaxAliasesForCollections(0);
      limits.setNestingDepthLimit(10);
      Object read =
          new Yaml(new SafeConstructor(limits))
              .load(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
      if (read != null && !(read instanceof Map)) {
        throw BlockInput.wrong("dependencies.file", name, "an object with some of " + KEYS);
      }
      Map<String, Object> whole = Rows.map(read);
      for (String key : whole.keySet()) {
        if (!KEYS.contains(key)) {
          throw BlockInput.wrong("dependencies.file", name + ": " + key, "some of " + KEYS);
        }
      }
      return of(whole);
    } catch (IOException e) {
      throw BlockInput.wrong(
          "dependencies.file",
          name,
          "a readable file in drover.waves.directory (" + e.getClass().getSimpleName() + ")");
    } catch (YAMLException e) {
      throw BlockInput.wrong("dependencies.file", name, "YAML: " + e.getMessage());
    }
  }

  private static WaveFile of(Map<String, Object> whole) {
    List<String> waves = new ArrayList<>();
    Map<String, Set<String>> wavesOf = new LinkedHashMap<>();
    for (Map<String, Object> wave : Rows.maps(whole.get("waves"))) {
      waves.add(Rows.text(wave, "name"));
      Rows.texts(wave.get("vms")).forEach(vm -> put(wavesOf, vm, Rows.text(wave, "name")));
    }
    Map<String, Set<String>> tiers = new LinkedHashMap<>();
    for (Map<String, Object> tier : Rows.maps(whole.get("tiers"))) {
      Rows.texts(tier.get("vms")).forEach(vm -> put(tiers, vm, Rows.text(tier, "name")));
    }
    return new WaveFile(
        waves,
        wavesOf,
        needs(whole.get("dependencies")),
        tiers,
        new TreeSet<>(Rows.texts(whole.get("staying"))));
  }

  private static List<WaveNeed> needs(@Nullable Object given) {
    List<WaveNeed> needs = new ArrayList<>();
    for (Map<String, Object> each : Rows.maps(given)) {
      Rows.texts(each.get("needs"))
          .forEach(base -> needs.add(new WaveNeed(Rows.text(each, "vm"), base)));
    }
    return needs;
  }

  private static void put(Map<String, Set<String>> all, String key, String value) {
    all.computeIfAbsent(key, k -> new TreeSet<>()).add(value);
  }

  /** What the inputs declare besides. */
  WaveFile with(Map<String, Object> dependencies) {
    List<WaveNeed> all = new ArrayList<>(needs);
    all.addAll(needs(dependencies.get("needs")));
    Set<String> stay = new TreeSet<>(staying);
    stay.addAll(Rows.texts(dependencies.get("staying")));
    return new WaveFile(waves, wavesOf, all, tiersOf, stay);
  }

  /**
   * All VMs of the source as members; what tags say of their needs is added to {@code into}.
   *
   * @param dependencies the inputs' object with tag, waveTag, tierTag: categories of tags
   */
  List<WaveMember> members(
      List<Map<String, Object>> vms, Map<String, Object> dependencies, List<WaveNeed> into) {
    List<WaveMember> members = new ArrayList<>();
    for (Map<String, Object> vm : vms) {
      String id = Rows.text(vm, "vm");
      String name = Rows.text(vm, "name");
      Set<String> in = new LinkedHashSet<>(tagged(vm, dependencies.get("waveTag")));
      in.addAll(wavesOf.getOrDefault(name, Set.of()));
      in.addAll(wavesOf.getOrDefault(id, Set.of()));
      Set<String> tiers = new LinkedHashSet<>(tagged(vm, dependencies.get("tierTag")));
      tiers.addAll(tiersOf.getOrDefault(name, Set.of()));
      tiers.addAll(tiersOf.getOrDefault(id, Set.of()));
      members.add(new WaveMember(id, name, in, tiers));
      tagged(vm, dependencies.get("tag")).forEach(base -> into.add(new WaveNeed(id, base)));
    }
    return members;
  }

  private static Set<String> tagged(Map<String, Object> vm, @Nullable Object category) {
    Set<String> found = new TreeSet<>();
    if (category != null) {
      String prefix = category + ":";
      for (String tag : Rows.texts(vm.get("tags"))) {
        if (tag.startsWith(prefix)) {
          found.add(tag.substring(prefix.length()));
        }
      }
    }
    return found;
  }
}
