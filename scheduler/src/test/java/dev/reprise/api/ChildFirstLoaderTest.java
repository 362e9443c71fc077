package dev.reprise.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** User code under a class loader that asks itself before its parent, as servers have them. */
class ChildFirstLoaderTest {
  private static final String HELPER =
      "package acme; public class Helper { public static String text() { return \"TEXT\"; } }";

  private static final String DELAYS =
      "package acme; public class Delays {"
          + " public static String clean(String x) { return x + Helper.text(); } }";

  private static final String MAIN =
      """
      package acme;

      import static dev.reprise.task.Tasks.task;

      import dev.reprise.api.Pipeline;

      public class Main {
        public static void define(Pipeline.Builder p) {
          p.result("clean", p.step("clean", task(Delays::clean), p.value("of ")));
        }
      }
      """;

  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void setBack() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** What a class of the parent calls is the parent's, whatever the child has of that name. */
  @Test
  void run_taskOfTheParentCallsAHelperThatBothHave_theParentsCounts() throws Exception {
    assertThat(run("parent 1", "child 1").run().result("clean", String.class))
        .isEqualTo("of parent 1");
    assertThat(run("parent 1", "child 2").executions()).isZero();

    TestedRun edited = run("parent 2", "child 2");
    assertThat(edited.executions()).isEqualTo(1);
    assertThat(edited.run().result("clean", String.class)).isEqualTo("of parent 2");
  }

  private TestedRun run(String inParent, String inChild) throws Exception {
    Path parents = Files.createTempDirectory(folder, "parent");
    Path childs = Files.createTempDirectory(folder, "child");
    compile(parents, Map.of("Helper", HELPER.replace("TEXT", inParent), "Delays", DELAYS));
    compile(childs, Map.of("Helper", HELPER.replace("TEXT", inChild), "Main", MAIN), parents);
    try (URLClassLoader parent = new URLClassLoader(urls(parents), before);
        ChildFirst child = new ChildFirst(urls(childs), parent)) {
      Thread.currentThread().setContextClassLoader(child);
      var define = child.loadClass("acme.Main").getMethod("define", Pipeline.Builder.class);
      Pipeline pipeline =
          Pipeline.define(
              "p",
              p -> {
                try {
                  define.invoke(null, p);
                } catch (ReflectiveOperationException e) {
                  throw new AssertionError(e);
                }
              });
      return reprise.run(pipeline);
    }
  }

  private static URL[] urls(Path place) throws Exception {
    return new URL[] {place.toUri().toURL()};
  }

  private static void compile(Path to, Map<String, String> sources, Path... uses) throws Exception {
    Path from = Files.createDirectories(to.resolveSibling(to.getFileName() + "-src"));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Files.writeString(from.resolve(source.getKey() + ".java"), source.getValue());
    }
    List<String> path =
        Stream.concat(
                Stream.of(uses).map(Path::toString),
                Stream.of(System.getProperty("java.class.path")))
            .toList();
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, UTF_8);
        Stream<Path> all = Files.list(from)) {
      List<String> options =
          List.of("-proc:none", "-d", to.toString(), "-cp", String.join(":", path));
      assertThat(
              javac
                  .getTask(
                      null,
                      files,
                      null,
                      options,
                      null,
                      files.getJavaFileObjectsFromPaths(all.toList()))
                  .call())
          .isTrue();
    }
  }

  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(URL[] places, ClassLoader parent) {
      super(places, parent);
    }

    @Override
    public URL getResource(String name) {
      URL own = findResource(name);
      return own == null ? super.getResource(name) : own;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      return findResource(name.replace('.', '/') + ".class") == null
          ? super.loadClass(name, resolve)
          : findClass(name);
    }
  }
}
