package dev.reprise.behaviours;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Editions of one program, as if its source was edited and compiled between two runs. */
final class Edition implements AutoCloseable {
  private final Path folder;
  private final ClassLoader contextBefore = Thread.currentThread().getContextClassLoader();
  private final List<URLClassLoader> loaders = new ArrayList<>();

  /**
   * @param folder for sources and class files
   */
  Edition(Path folder) {
    this.folder = folder;
  }

  /**
   * A pipeline from what a user would write.
   *
   * @param define body of {@code define(Pipeline.Builder p)}
   * @param members methods and types of the class, {@code Jobs}; in scope are {@code task} and
   *     {@code ran}, with which a body says that it runs
   */
  Pipeline of(String define, String members) throws Exception {
    Path at = Files.createTempDirectory(folder, "edition");
    String source =
        """
        package acme;

        import static dev.reprise.behaviours.Bodies.ran;
        import static dev.reprise.task.Tasks.task;

        public class Jobs {
          public static void define(dev.reprise.api.Pipeline.Builder p) {
            %s
          }
          %s
        }
        """
            .formatted(define, members);
    compile(Files.writeString(at.resolve("Jobs.java"), source), at);
    URL[] places = {at.toUri().toURL()};
    URLClassLoader loader = new URLClassLoader(places, Edition.class.getClassLoader());
    loaders.add(loader);
    Thread.currentThread().setContextClassLoader(loader); // where workers look for the user's code
    var method = loader.loadClass("acme.Jobs").getMethod("define", Pipeline.Builder.class);
    return Pipeline.define(
        "jobs",
        p -> {
          try {
            method.invoke(null, p);
          } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
          }
        });
  }

  private static void compile(Path file, Path to) throws Exception {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, UTF_8)) {
      String path = System.getProperty("java.class.path");
      List<String> options = List.of("-proc:none", "-parameters", "-d", to.toString(), "-cp", path);
      var source = files.getJavaFileObjects(file);
      assertThat(javac.getTask(null, files, null, options, null, source).call()).isTrue();
    }
  }

  @Override
  public void close() throws Exception {
    Thread.currentThread().setContextClassLoader(contextBefore);
    for (URLClassLoader loader : loaders) {
      loader.close();
    }
  }
}
