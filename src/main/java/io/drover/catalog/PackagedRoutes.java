package io.drover.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The route files, Kamelets and beans that are packaged with Drover. */
final class PackagedRoutes {
  static final String RUNBOOKS = "routes";
  static final String SYSTEMS = "routes/systems";
  static final String POLICIES = "routes/policies";
  static final String KAMELETS = "routes/kamelets";
  private static final String BEANS = "catalog/beans.yaml";

  private PackagedRoutes() {}

  /**
   * A packaged file.
   *
   * @param name without its folder
   */
  record Packaged(String name, byte[] text) {}

  /** How far a file of that folder is trusted. */
  private static Trust trust(String folder) {
    return folder.equals(RUNBOOKS) ? Trust.SHIPPED : Trust.DOOR;
  }

  /** How far a text is trusted that is packaged just so; null when it is not. */
  static @Nullable Trust trustOf(String name, byte[] text) {
    for (String folder : List.of(RUNBOOKS, SYSTEMS, POLICIES)) {
      for (Packaged file : files(folder, ".camel.yaml")) {
        if (file.name().equals(name) && Arrays.equals(file.text(), text)) {
          return trust(folder);
        }
      }
    }
    return null;
  }

  static Known known() {
    Map<String, Kamelet> kamelets = new LinkedHashMap<>();
    for (Packaged file : files(KAMELETS, ".kamelet.yaml")) {
      Kamelet kamelet = Kamelet.of(file.name(), read(file));
      kamelets.put(kamelet.name(), kamelet);
    }
    Set<String> files = new TreeSet<>();
    Set<String> routes = new TreeSet<>();
    Set<String> paths = new TreeSet<>();
    Set<String> schedules = new TreeSet<>();
    Set<String> directs = new TreeSet<>();
    Set<String> doors = new TreeSet<>();
    Set<String> configurations = new TreeSet<>();
    Map<String, Runbook> runbooks = new LinkedHashMap<>();
    for (String folder : List.of(RUNBOOKS, SYSTEMS, POLICIES)) {
      for (Packaged file : files(folder, ".camel.yaml")) {
        Declared declared = RouteFile.of(file.name(), "", read(file)).declared();
        files.add(file.name());
        routes.addAll(declared.routes());
        paths.addAll(declared.paths());
        schedules.addAll(declared.schedules());
        directs.addAll(declared.directs());
        configurations.addAll(declared.configurations());
        declared.runbooks().forEach(runbook -> runbooks.put(runbook.name(), runbook));
        if (folder.equals(SYSTEMS)) {
          doors.addAll(declared.directs());
        }
      }
    }
    return new Known(
        Collections.unmodifiableMap(kamelets),
        beans(),
        Collections.unmodifiableMap(runbooks),
        Collections.unmodifiableSet(directs),
        Collections.unmodifiableSet(doors),
        Collections.unmodifiableSet(configurations),
        new Known.Shipped(
            Collections.unmodifiableSet(files),
            Collections.unmodifiableSet(routes),
            Set.copyOf(runbooks.keySet()),
            Collections.unmodifiableSet(paths),
            Collections.unmodifiableSet(schedules)));
  }

  private static Map<String, Bean> beans() {
    Node root = read(new Packaged(BEANS, resource(BEANS)));
    if (!(root instanceof Node.Fields fields)) {
      throw new IllegalStateException(BEANS + ": no object");
    }
    Map<String, Bean> beans = new LinkedHashMap<>();
    for (Node.Field field : fields.fields()) {
      if (!(field.value() instanceof Node.Fields about)) {
        throw new IllegalStateException(BEANS + ": " + field.name() + " is no object");
      }
      Set<Bean.Use> uses = new LinkedHashSet<>();
      names(about, "use").forEach(use -> uses.add(Bean.Use.valueOf(use.toUpperCase(Locale.ROOT))));
      beans.put(
          field.name(),
          new Bean(
              field.name(),
              Set.copyOf(uses),
              names(about, "decides"),
              names(about, "acts"),
              names(about, "shipped")));
    }
    return Collections.unmodifiableMap(beans);
  }

  private static Set<String> names(Node.Fields about, String list) {
    Set<String> names = new TreeSet<>();
    if (about.value(list) instanceof Node.Items items) {
      for (Node item : items.items()) {
        String name = YamlText.text(item);
        if (name != null) {
          names.add(name);
        }
      }
    }
    return Collections.unmodifiableSet(names);
  }

  private static Node read(Packaged file) {
    try {
      return YamlText.read(file.name(), file.text(), Limits.USUAL);
    } catch (UnreadableText e) {
      throw new IllegalStateException("A packaged file is broken: " + e.getMessage(), e);
    }
  }

  /** The files of one packaged folder, not of those inside it, by name. */
  static List<Packaged> files(String folder, String ending) {
    List<Packaged> files = new ArrayList<>();
    try {
      for (String name : names(folder)) {
        if (name.endsWith(ending)) {
          files.add(new Packaged(name, resource(folder + "/" + name)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The packaged folder " + folder + " cannot be read", e);
    }
    return files;
  }

  /** In a jar, also one inside another, a folder is a prefix of its entries. */
  private static Set<String> names(String folder) throws IOException {
    Set<String> names = new TreeSet<>();
    for (URL url : Collections.list(loader().getResources(folder))) {
      if (url.openConnection() instanceof JarURLConnection jar) {
        // Shared with the class loader: a closed one would take the classes with it.
        String prefix = jar.getEntryName().replaceFirst("/?$", "/");
        jar.getJarFile().stream()
            .map(entry -> entry.getName())
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .filter(name -> !name.isEmpty() && !name.contains("/"))
            .forEach(names::add);
      } else if (ours(url)) {
        try (Stream<Path> entries = Files.list(Path.of(uri(url)))) {
          entries
              .filter(Files::isRegularFile)
              .forEach(file -> names.add(file.getFileName().toString()));
        }
      }
    }
    return names;
  }

  /** Tests have folders of the same name. */
  private static boolean ours(URL url) {
    return url.getProtocol().equals("file") && !url.getPath().contains("/test-classes/");
  }

  private static URI uri(URL url) throws IOException {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException("No address of a folder: " + url, e);
    }
  }

  private static byte[] resource(String name) {
    try (@Nullable InputStream in = loader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("Not packaged: " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The packaged file " + name + " cannot be read", e);
    }
  }

  private static ClassLoader loader() {
    return PackagedRoutes.class.getClassLoader();
  }
}
