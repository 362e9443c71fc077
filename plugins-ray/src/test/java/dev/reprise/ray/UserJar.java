package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.executor.FolderJar;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** A jar of a user's with one source file of package {@code com.acme}, compiled when it is made. */
final class UserJar {
  private UserJar() {}

  /**
   * Makes one.
   *
   * @param name of the class that the source declares
   */
  static Path make(Path jar, String name, String source) throws IOException {
    Path parent = jar.toAbsolutePath().getParent();
    Path sources = Files.createTempDirectory(parent, "sources");
    Path classes = Files.createTempDirectory(parent, "classes");
    Path file = Files.writeString(sources.resolve(name + ".java"), "package com.acme; " + source);
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), "-proc:none", file.toString());
    assertThat(exit).as(source).isZero();
    return Files.write(jar, FolderJar.of(classes));
  }

  /** The class loader of a driver that has the jar on its class path. */
  static URLClassLoader loader(Path jar) throws MalformedURLException {
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, UserJar.class.getClassLoader());
  }
}
