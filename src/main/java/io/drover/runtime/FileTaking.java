package io.drover.runtime;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.GenericFileProcessStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a file of a folder is taken: read whole once it is written, moved to {@code .done} or {@code
 * .refused} once its exchange is over, and left where it is when that failed. A file that changed
 * meanwhile stays, and comes again.
 */
final class FileTaking implements GenericFileFilter<File>, GenericFileProcessStrategy<File> {
  /** By what the file is known again. Like all names that begin so, no route can set it. */
  static final String KEY = "camelDroverFile";

  /** Whether it starts nothing. */
  static final String REFUSED = "camelDroverFileRefused";

  private static final Logger LOG = LoggerFactory.getLogger(FileTaking.class);
  private static final int LARGEST = 1 << 20;
  private static final String STATE = "camelDroverFileState";

  /** So long rests a file whose exchange failed: what failed is away, or the route is wrong. */
  private static final Duration REST = Duration.ofSeconds(5);

  private static final int FORGET_FROM = 1_000;

  private final Path root;
  private final Duration settle;
  private final Charset charset;
  private final BooleanSupplier stopping;
  private final Map<Path, Seen> seen = new ConcurrentHashMap<>();

  FileTaking(Path root, Duration settle, String charset, BooleanSupplier stopping) {
    this.root = root.toAbsolutePath().normalize();
    this.settle = settle;
    this.charset = Charset.forName(charset);
    this.stopping = stopping;
  }

  /** Whether it is a file of this folder, and written. Asked at every look. */
  @Override
  public boolean accept(GenericFile<File> file) {
    Path path = path(file);
    try {
      return state(path) != null;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      LOG.warn("File {} cannot be looked at: {}", shown(path), Failures.message(e));
      return false;
    }
  }

  @Override
  public void prepareOnStartup(
      GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
    // Nothing is left behind by one who died: a file is where it was, or moved.
  }

  @Override
  public boolean begin(
      GenericFileOperations<File> operations,
      GenericFileEndpoint<File> endpoint,
      Exchange exchange,
      GenericFile<File> file)
      throws IOException {
    Path path = path(file);
    try {
      State before = stopping.getAsBoolean() ? null : state(path);
      if (before == null) {
        return false;
      }
      byte[] content;
      // Not Camel's way, which follows a link that was put here a moment ago.
      try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
        content = in.readNBytes(LARGEST + 1);
      }
      if (!before.equals(State.of(path))) {
        return false;
      }
      boolean tooLarge = content.length > LARGEST;
      exchange.setProperty(STATE, before);
      exchange.setProperty(
          KEY, "file " + shown(path) + " " + (tooLarge ? before.size : hash(content)));
      exchange
          .getMessage()
          .setBody(tooLarge ? new TooLarge(before.size) : new String(content, charset));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void abort(
      GenericFileOperations<File> operations,
      GenericFileEndpoint<File> endpoint,
      Exchange exchange,
      GenericFile<File> file) {
    // It was not touched.
  }

  @Override
  public void commit(
      GenericFileOperations<File> operations,
      GenericFileEndpoint<File> endpoint,
      Exchange exchange,
      GenericFile<File> file) {
    Path path = path(file);
    State taken = exchange.getProperty(STATE, State.class);
    String folder = exchange.getProperty(REFUSED, false, Boolean.class) ? ".refused" : ".done";
    try {
      if (!State.of(path).equals(taken)) {
        LOG.info("File {} changed after it was read; it is taken again", shown(path));
        return;
      }
      Path target = path.resolveSibling(folder);
      Files.createDirectories(target);
      if (!target.toRealPath().equals(real(target))) {
        throw new IOException(folder + " is a link");
      }
      Files.move(path, target.resolve(path.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      seen.remove(path);
    } catch (NoSuchFileException e) {
      LOG.debug("File {} is gone: somebody else moved it", shown(path));
    } catch (IOException e) {
      seen.put(path, new Seen(taken, Long.MAX_VALUE));
      LOG.warn(
          "File {} was taken and cannot be moved to {}: {}. It stays, and is not taken again before"
              + " it changes or Drover starts anew; what it started is not started twice",
          shown(path),
          folder,
          Failures.message(e));
    }
  }

  @Override
  public void rollback(
      GenericFileOperations<File> operations,
      GenericFileEndpoint<File> endpoint,
      Exchange exchange,
      GenericFile<File> file) {
    Path path = path(file);
    State taken = exchange.getProperty(STATE, State.class);
    seen.put(path, new Seen(taken, System.nanoTime() + REST.toNanos()));
    LOG.warn(
        "File {} could not be taken, and is taken again soon: {}",
        shown(path),
        Failures.message(exchange.getException()));
  }

  /** Null when it is not to be taken now. */
  private @Nullable State state(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    State now = State.of(attributes);
    long time = System.nanoTime();
    Seen before = seen.get(path);
    if (before == null || !before.state.equals(now)) {
      forget();
      boolean ours = attributes.isRegularFile() && path.toRealPath().equals(real(path));
      if (!ours) {
        LOG.warn("{} is not taken: it is no file in {}, or a link leads to it", shown(path), root);
      }
      seen.put(path, new Seen(now, ours ? time + settle.toNanos() : Long.MAX_VALUE));
      return null;
    }
    if (before.from == Long.MAX_VALUE || before.from - time > 0) {
      return null;
    }
    // The folder itself may have become a link since.
    return path.toRealPath().equals(real(path)) ? now : null;
  }

  /** Where it is when no link leads there; the folder of all may be one, that is configured. */
  private Path real(Path path) throws IOException {
    return root.toRealPath().resolve(root.relativize(path));
  }

  private void forget() {
    if (seen.size() >= FORGET_FROM) {
      seen.keySet().removeIf(path -> !Files.exists(path, LinkOption.NOFOLLOW_LINKS));
    }
  }

  private static Path path(GenericFile<File> file) {
    return file.getFile().toPath().toAbsolutePath().normalize();
  }

  /** With its folder. Whoever drops files names them. */
  private String shown(Path path) {
    return root.relativize(path).toString().replaceAll("\\p{Cntrl}", "?");
  }

  private static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** Stands for the content of a file that nobody reads. */
  record TooLarge(long bytes) {}

  /**
   * What changes when a file does.
   *
   * @param key null where the file system has none
   */
  private record State(long size, FileTime changed, @Nullable Object key) {
    static State of(Path path) throws IOException {
      return of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    static State of(BasicFileAttributes attributes) {
      return new State(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
  }

  /**
   * A file as it was when it was looked at first.
   *
   * @param from when it may be taken, if it still is so, by {@link System#nanoTime}; the largest
   *     number means never
   */
  private record Seen(State state, long from) {}
}
