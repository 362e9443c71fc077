package dev.reprise.cli.pipeline;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.api.NamedPipeline;
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
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * A pipeline out of a user's jar: one that it offers as a service, as the shipped ones are, or that
 * a class defines, by a static {@code define(Pipeline.Builder)} or by a {@code main} that calls
 * {@code Reprise.main}.
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
   * Loads a pipeline. Its loader stays the thread's context class loader, since user code runs
   * later.
   *
   * @param wanted the name of a {@link NamedPipeline} that the jars offer as a service, or of a
   *     class
   * @throws UsageException if there is neither, the class cannot be loaded or defines no pipeline
   * @throws PipelineException if its own code threw
   */
  static JarPipeline load(List<Path> jars, String wanted) {
    URL[] urls = jars.stream().map(JarPipeline::url).toArray(URL[]::new);
    ClassLoader loader = new URLClassLoader(urls, JarPipeline.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    List<NamedPipeline> offered = offered(jars, loader);
    for (NamedPipeline pipeline : offered) {
      if (pipeline.name().equals(wanted)) {
        return new JarPipeline(wanted, pipeline);
      }
    }
    try {
      return ofClass(Class.forName(wanted, true, loader));
    } catch (ClassNotFoundException e) {
      throw notThere(jars, wanted, offered, e);
    } catch (ExceptionInInitializerError e) {
      Throwable cause = requireNonNullElse(e.getCause(), e);
      throw new PipelineException(
          "the static initializer of class %s threw %s".formatted(wanted, cause), cause);
    } catch (LinkageError e) {
      throw new UsageException(
          "class %s of %s cannot be loaded, since a class that it needs is not there or does not fit"
                  .formatted(wanted, jars)
              + " (%s: %s); name its jar with a further --jar"
                  .formatted(e.getClass().getSimpleName(), e.getMessage()),
          e);
    }
  }

  /** What the jars offer; what is on the class path too is found without them. */
  private static List<NamedPipeline> offered(List<Path> jars, ClassLoader loader) {
    try {
      return ServiceLoader.load(NamedPipeline.class, loader).stream()
          .filter(provider -> provider.type().getClassLoader() == loader)
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new UsageException(
          "the pipelines that %s offer cannot be loaded: %s".formatted(jars, e.getMessage()), e);
    }
  }

  private static UsageException notThere(
      List<Path> jars, String wanted, List<NamedPipeline> offered, Throwable why) {
    List<String> names = offered.stream().map(NamedPipeline::name).sorted().toList();
    return new UsageException(
        "there is no class %s in %s; write its whole name, as in com.acme.Delays%s%s"
            .formatted(
                Text.quote(wanted),
                jars,
                names.isEmpty() ? "" : ", or a pipeline's: " + String.join(", ", names),
                Text.hint(wanted, names)),
        why);
  }

  private static JarPipeline ofClass(Class<?> type) {
    String className = type.getName();
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
    } catch (UsageException | PipelineException e) {
      throw e;
    } catch (Exception | Error e) {
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
      } else if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }
}
