package io.drover.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into a folder again and again. A file counts once it has stayed as it is for a while, and
 * is gone once it has been missing for as long, so that half-written texts, and editors that move
 * files about, are not seen. It asks the file system rather than being told by it: events do not
 * cross the symlinks that Kubernetes swaps, nor network file systems.
 */
final class FolderScan {
  private static final Logger LOG = LoggerFactory.getLogger(FolderScan.class);
  private static final int MOST_FILES = 5_000;
  private static final int MOST_BYTES = 512 * 1024;
  private static final List<String> ENDINGS = List.of(".camel.yaml", ".schema.json");

  private final Path folder;
  private final long settle;
  private final LongSupplier nanos;
  private final Map<String, Seen> seen = new HashMap<>();
  private final Map<String, byte[]> texts = new TreeMap<>();
  private boolean complained;

  /**
   * @param settle how long a file must not change
   * @param nanos a clock that never goes back
   */
  FolderScan(Path folder, Duration settle, LongSupplier nanos) {
    this.folder = folder;
    this.settle = settle.toNanos();
    this.nanos = nanos;
  }

  /**
   * Looks once.
   *
   * @return whether a text came, changed or went
   */
  boolean look() {
    return look(settle);
  }

  /**
   * The first look: what was written before this process began has settled.
   *
   * @param writing files whose last change is younger than this wait for the next looks
   */
  void first(Duration writing) {
    long young = System.currentTimeMillis() - writing.toMillis();
    for (Map.Entry<String, Stamp> entry : list().entrySet()) {
      boolean settled = entry.getValue().modified <= young;
      Seen file = new Seen(entry.getValue(), nanos.getAsLong() - (settled ? settle : 0));
      seen.put(entry.getKey(), file);
    }
    look(settle);
  }

  /** Settled texts by file name; one that is too long is cut just behind the limit. */
  Map<String, byte[]> texts() {
    return new TreeMap<>(texts);
  }

  private boolean look(long quiet) {
    long now = nanos.getAsLong();
    Map<String, Stamp> there = list();
    boolean changed = false;
    Set<String> names = new HashSet<>(seen.keySet());
    names.addAll(there.keySet());
    for (String name : names) {
      Stamp stamp = there.get(name);
      Seen before = seen.get(name);
      if (before == null || !before.sameAs(stamp)) {
        seen.put(name, new Seen(stamp, now));
        before = seen.get(name);
      }
      if (before == null || before.taken || now - before.since < quiet) {
        continue;
      }
      if (stamp == null) {
        seen.remove(name);
        changed |= texts.remove(name) != null;
      } else {
        changed |= take(name, before);
      }
    }
    return changed;
  }

  /** What is read counts only if the file is the same afterwards. */
  private boolean take(String name, Seen file) {
    byte[] text;
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      text = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      LOG.warn("File {} cannot be read: {}", folder.resolve(name), e.toString());
      file.since = nanos.getAsLong();
      return false;
    }
    if (!file.sameAs(stamp(folder.resolve(name)))) {
      file.since = nanos.getAsLong();
      return false;
    }
    file.taken = true;
    byte[] before = texts.put(name, text);
    return before == null || !Arrays.equals(before, text);
  }

  private Map<String, Stamp> list() {
    Map<String, Stamp> found = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        String name = entry.getFileName().toString();
        if (name.startsWith(".") || ENDINGS.stream().noneMatch(name::endsWith)) {
          continue;
        }
        Stamp stamp = stamp(entry);
        if (stamp != null) {
          found.put(name, stamp);
        }
        if (found.size() >= MOST_FILES) {
          complain("has more than " + MOST_FILES + " files; the others are not read");
          break;
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      // As it was: a folder that is away for a moment does not end everything in it.
      complain("cannot be listed: " + e);
      seen.forEach(
          (name, file) -> {
            if (file.stamp != null) {
              found.put(name, file.stamp);
            }
          });
    }
    return found;
  }

  private void complain(String what) {
    if (!complained) {
      LOG.warn("The folder of route files {} {}", folder, what);
      complained = true;
    }
  }

  private @Nullable Stamp stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() || !inside(file)) {
        return null;
      }
      return new Stamp(
          attributes.size(), attributes.lastModifiedTime().toMillis(), attributes.fileKey());
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      complain("has a file that cannot be looked at: " + e);
      return null;
    }
  }

  /** A link out of the folder would show what Drover may read and its author may not. */
  private boolean inside(Path file) throws IOException {
    boolean link =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isSymbolicLink();
    return !link || file.toRealPath().startsWith(folder.toRealPath());
  }

  /** By what a change is noticed without reading. */
  private record Stamp(long size, long modified, @Nullable Object key) {}

  private static final class Seen {
    final @Nullable Stamp stamp;
    long since;
    boolean taken;

    Seen(@Nullable Stamp stamp, long since) {
      this.stamp = stamp;
      this.since = since;
    }

    boolean sameAs(@Nullable Stamp other) {
      return java.util.Objects.equals(stamp, other);
    }
  }
}
