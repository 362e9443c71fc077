package dev.reprise.cache.testing;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** A class compiled from source, in a class loader of its own: one of several versions of it. */
public record CompiledClasses(ClassLoader loader) {
  /** Compiles one top-level class of the unnamed package below {@code folder}. */
  public static CompiledClasses of(Path folder, String name, String source) throws IOException {
    Path classes = Files.createTempDirectory(folder, name);
    Path file = Files.writeString(classes.resolve(name + ".java"), source);
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), "-proc:none", file.toString());
    if (exit != 0) {
      throw new IOException("does not compile: " + source);
    }
    return new CompiledClasses(
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, CompiledClasses.class.getClassLoader()));
  }

  /** The class of this name. */
  public Class<?> type(String name) throws ClassNotFoundException {
    return loader.loadClass(name);
  }
}
