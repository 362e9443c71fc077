package dev.reprise.examples.flights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * The sources of the shipped pipeline in some version, as a project of a user's own. Immutable:
 * each edit gives another version.
 */
final class FlightsSources {
  private static final Path MODULE = ShippedData.folder().getParent();
  private static final Path PACKAGE = Path.of("dev/reprise/examples/flights");
  private static final Path SERVICES = Path.of("META-INF/services/dev.reprise.api.NamedPipeline");

  private final SortedMap<String, String> files;

  private FlightsSources(SortedMap<String, String> files) {
    this.files = files;
  }

  /** As they are shipped, without those that are for Spark. */
  static FlightsSources shipped() throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(MODULE.resolve("src/main/java").resolve(PACKAGE))) {
      for (Path file : all.toList()) {
        String text = Files.readString(file);
        if (!text.contains("org.apache.spark")) {
          files.put(file.getFileName().toString(), text);
        }
      }
    }
    return new FlightsSources(files);
  }

  /** With one more file. */
  FlightsSources with(String file, String text) {
    SortedMap<String, String> changed = new TreeMap<>(files);
    changed.put(file, text);
    return new FlightsSources(changed);
  }

  /** With a piece of the text of all files replaced; it must be there. */
  FlightsSources edit(String from, String to) {
    SortedMap<String, String> changed = new TreeMap<>(files);
    changed.replaceAll((name, text) -> text.replace(from, to));
    assertThat(changed).as("an edit that changes something: " + from).isNotEqualTo(files);
    return new FlightsSources(changed);
  }

  /** With all of a file's text between two pieces of it, the first included, before a third. */
  FlightsSources move(String file, String begin, String end, String before) {
    String text = files.get(file);
    String moved = text.substring(text.indexOf(begin), text.indexOf(end));
    return edit(moved, "").edit(before, moved + before);
  }

  /**
   * Compiles into an empty folder, with the options of the build, and puts beside the classes what
   * the launcher finds the pipeline by.
   *
   * @param libraries folders and jars
   */
  Path compile(Path folder, List<Path> libraries) throws IOException {
    Path sources = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-src"));
    List<Path> written = new ArrayList<>();
    for (String name : files.keySet()) {
      written.add(Files.writeString(sources.resolve(name), files.get(name)));
    }
    Path services = folder.resolve(SERVICES);
    Files.createDirectories(services.getParent());
    Files.writeString(services, "dev.reprise.examples.flights.Flights\n");
    List<String> options =
        List.of("-g", "-parameters", "--release", "17", "-proc:none", "-d", folder.toString());
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, UTF_8)) {
      manager.setLocationFromPaths(StandardLocation.CLASS_PATH, libraries);
      var units = manager.getJavaFileObjectsFromPaths(written);
      boolean done = javac.getTask(messages, manager, null, options, null, units).call();
      assertThat(done).as(messages.toString()).isTrue();
    }
    return folder;
  }
}
