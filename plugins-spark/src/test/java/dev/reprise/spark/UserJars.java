package dev.reprise.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.executor.FolderJar;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Jars of a user's, compiled when a test needs them. */
final class UserJars {
  private UserJars() {}

  /** Makes a jar of one class of package {@code com.acme}, which may use those of other jars. */
  static Path make(Path jar, String name, String body, Path... uses) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path classes = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "classes");
    String path = System.getProperty("java.class.path");
    for (Path each : uses) {
      path += java.io.File.pathSeparator + each;
    }
    List<String> options =
        new ArrayList<>(List.of("-d", classes.toString(), "-proc:none", "-cp", path));
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///com/acme/" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreErrors) {
            return "package com.acme; public final class " + name + " {" + body + "}";
          }
        };
    if (!compiler.getTask(null, null, null, options, null, List.of(source)).call()) {
      throw new IllegalArgumentException("does not compile: " + body);
    }
    Files.deleteIfExists(jar);
    try (OutputStream out = Files.newOutputStream(jar)) {
      FolderJar.write(classes, out);
    }
    return jar;
  }

  /** Makes a class folder, or a jar if it is called so, of one resource. */
  static Path withFile(Path place, String path, String content) throws IOException {
    if (place.toString().endsWith(".jar")) {
      try (OutputStream out = Files.newOutputStream(place)) {
        out.write(FolderJar.of(List.of(new FolderJar.Entry(path, content.getBytes(UTF_8)))));
      }
      return place;
    }
    Path file = place.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return place;
  }

  /** A class loader of a driver that has these jars on its class path. */
  static ClassLoader loader(Path... jars) {
    URL[] urls =
        Arrays.stream(jars)
            .map(
                jar -> {
                  try {
                    return jar.toUri().toURL();
                  } catch (IOException e) {
                    throw new IllegalArgumentException(e);
                  }
                })
            .toArray(URL[]::new);
    return new URLClassLoader(urls, UserJars.class.getClassLoader());
  }
}
