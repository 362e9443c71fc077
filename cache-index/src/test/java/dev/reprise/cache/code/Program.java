package dev.reprise.cache.code;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.objectweb.asm.Type;

/**
 * A program in some version, compiled in the test. Immutable: each change gives another version.
 *
 * <p>Sources are written without a package statement where that is {@code com.acme}, and files are
 * named after the first class in them.
 */
final class Program {
  private static final String PACKAGE = "com.acme";

  private final SortedMap<String, String> sources;
  private final List<String> options;
  private final List<Path> classPath;

  private Program(SortedMap<String, String> sources, List<String> options, List<Path> classPath) {
    this.sources = sources;
    this.options = options;
    this.classPath = classPath;
  }

  /** A program of some source files. */
  static Program of(String... sources) {
    Program program = new Program(new TreeMap<>(), List.of("-g"), List.of());
    return Arrays.stream(sources).reduce(program, Program::with, (one, other) -> other);
  }

  /** The program with one more file, or with a file in place of the one with the same class. */
  Program with(String source) {
    SortedMap<String, String> changed = new TreeMap<>(sources);
    String whole = source.startsWith("package ") ? source : "package " + PACKAGE + ";\n" + source;
    String name = whole.replaceFirst("(?s).*?\\b(?:class|record|enum|interface) (\\w+).*", "$1");
    changed.put(whole.replaceFirst("(?s)package ([\\w.]+);.*", "$1") + "." + name, whole);
    return new Program(changed, options, classPath);
  }

  /** The program with a piece of source text replaced; it must be there. */
  Program edit(String from, String to) {
    SortedMap<String, String> changed = new TreeMap<>(sources);
    changed.replaceAll((name, text) -> text.replace(from, to));
    assertThat(changed).as("an edit that changes something: " + from).isNotEqualTo(sources);
    return new Program(changed, options, classPath);
  }

  /** The program compiled with other options than {@code -g}. */
  Program compiledWith(String... otherOptions) {
    return new Program(sources, List.of(otherOptions), classPath);
  }

  /** The program compiled and run with more folders or jars. */
  Program using(Path... libraries) {
    List<Path> all = new ArrayList<>(classPath);
    all.addAll(List.of(libraries));
    return new Program(sources, options, all);
  }

  /** Compiles into an empty folder. */
  Path compile(Path folder) throws IOException {
    List<String> arguments = new ArrayList<>(options);
    Files.createDirectories(folder);
    arguments.addAll(List.of("-proc:none", "-nowarn", "-d", folder.toString()));
    arguments.addAll(
        List.of("-cp", String.join(":", classPath.stream().map(Path::toString).toList())));
    Path sourceFolder =
        Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-src"));
    List<Path> files = new ArrayList<>();
    for (String name : sources.keySet()) {
      Path file = sourceFolder.resolve(name.replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, sources.get(name)));
    }
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, UTF_8)) {
      boolean done =
          javac
              .getTask(
                  messages,
                  manager,
                  null,
                  arguments,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(done).as(messages.toString()).isTrue();
    }
    return folder;
  }

  /** Identifies the code of {@code com.acme.Delays.task}, compiled into a folder. */
  CodeFingerprint fingerprint() {
    return fingerprint(CodeHints.NONE);
  }

  /** Identifies the code of {@code com.acme.Delays.task} with something declared. */
  CodeFingerprint fingerprint(CodeHints hints) {
    try {
      Path folder = Files.createTempDirectory("program");
      try {
        List<Path> path = new ArrayList<>(classPath);
        path.add(0, compile(folder.resolve("classes")));
        return fingerprint(hints, path.toArray(Path[]::new));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Identifies the code of {@code com.acme.Delays.task} that lies in some folders and jars. */
  static CodeFingerprint fingerprint(CodeHints hints, Path... places) {
    try (URLClassLoader loader = loader(places);
        ClassSource source = ClassSource.of(loader)) {
      return new CodeFingerprinter(source).closure(task(loader), hints);
    } catch (IOException | CodeUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  /** The method {@code com.acme.Delays.task}. */
  static MethodRef task(ClassLoader loader) {
    return method(loader, PACKAGE + ".Delays", "task");
  }

  /** The one method of a class that has this name. */
  static MethodRef method(ClassLoader loader, String className, String name) {
    try {
      return Arrays.stream(loader.loadClass(className).getDeclaredMethods())
          .filter(method -> method.getName().equals(name) && !method.isBridge())
          .map(method -> new MethodRef(className, name, Type.getMethodDescriptor(method)))
          .findFirst()
          .orElseThrow();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** A loader that sees these folders and jars, and the JDK. */
  static URLClassLoader loader(Path... places) {
    URL[] urls = Arrays.stream(places).map(Program::url).toArray(URL[]::new);
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  private static URL url(Path place) {
    try {
      return place.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  /** Packs the files of some folders into a jar, the later folders first. */
  static Path jar(Path jar, Manifest manifest, Path... folders) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (int i = folders.length - 1; i >= 0; i--) {
        try (Stream<Path> files = Files.walk(folders[i])) {
          for (Path each : files.filter(Files::isRegularFile).toList()) {
            out.putNextEntry(new JarEntry(folders[i].relativize(each).toString()));
            Files.copy(each, out);
          }
        }
      }
    }
    return jar;
  }
}
