package dev.reprise.cli.pipeline;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Text;
import dev.reprise.config.UsageException;
import dev.reprise.graph.PipelineException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A pipeline that a class in a user's jar defines: by a static {@code define(Pipeline.Builder)}, or
 * by a {@code main} that calls {@code Reprise.main}.
 *
 * @param name of the pipeline
 */
public record JarPipeline(String name, Pipeline.Definition definition) {
  private static final ThreadLocal<Optional<Capture>> CAPTURE =
      ThreadLocal.withInitial(Optional::empty);

  private static final class Capture {
    Optional<JarPipeline> captured = Optional.empty();
  }

  /**
   * Loads a class. Its loader stays the thread's context class loader, since user code runs later.
   *
   * @throws UsageException if there is no such jar or class, or it defines no pipeline
   */
  static JarPipeline load(List<Path> jars, String className) {
    URL[] urls = jars.stream().map(JarPipeline::url).toArray(URL[]::new);
    ClassLoader loader = new URLClassLoader(urls, JarPipeline.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Class<?> type;
    try {
      type = Class.forName(className, true, loader);
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      throw new UsageException(
          "there is no class %s in %s; write its whole name, as in com.acme.Delays"
              .formatted(Text.quote(className), jars),
          e);
    }
    Optional<Method> define = method(type, "define", Pipeline.Builder.class);
    if (define.isPresent()) {
      return new JarPipeline(nameOf(type), pipeline -> invoke(define.get(), pipeline));
    }
    Method main =
        method(type, "main", String[].class)
            .orElseThrow(
                () ->
                    new UsageException(
                        "class %s has neither a static define(Pipeline.Builder) nor a main that calls Reprise.main"
                            .formatted(className)));
    return captured(main, className);
  }

  private static URL url(Path jar) {
    if (!Files.exists(jar)) {
      throw new UsageException("there is no jar or folder " + jar);
    }
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UsageException("not a jar or folder: " + jar, e);
    }
  }

  private static Optional<Method> method(Class<?> type, String name, Class<?> parameter) {
    try {
      Method method = type.getDeclaredMethod(name, parameter);
      method.setAccessible(true);
      return Optional.of(method).filter(found -> Modifier.isStatic(found.getModifiers()));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    }
  }

  /** Lets {@code main} run up to where it would begin, to learn of the definition. */
  private static JarPipeline captured(Method main, String className) {
    Capture capture = new Capture();
    CAPTURE.set(Optional.of(capture));
    try {
      invoke(main, new String[0]);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new PipelineException("main of " + className + " threw " + e, e);
    } finally {
      CAPTURE.remove();
    }
    return capture.captured.orElseThrow(
        () -> new UsageException("main of " + className + " does not call Reprise.main"));
  }

  /**
   * Called by {@code Reprise.main}: whether it was called to learn of the definition alone, and is
   * done now.
   */
  public static boolean captures(String name, Pipeline.Definition definition) {
    Optional<Capture> capture = CAPTURE.get();
    capture.ifPresent(to -> to.captured = Optional.of(new JarPipeline(name, definition)));
    return capture.isPresent();
  }

  /**
   * The name of the pipeline that a class defines: {@code flight-delays} for {@code FlightDelays}.
   */
  public static String nameOf(Class<?> type) {
    String simple = type.getSimpleName();
    String name =
        simple.replaceAll("(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})", "-").toLowerCase(Locale.ROOT);
    return name.isEmpty() ? "pipeline" : name.replace("$", "");
  }

  Pipeline define(Parameters given) {
    return Pipeline.define(name, definition, given);
  }

  private static void invoke(Method method, Object argument) throws Exception {
    try {
      method.invoke(null, argument);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
