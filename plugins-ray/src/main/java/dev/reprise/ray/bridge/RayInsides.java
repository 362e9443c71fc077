package dev.reprise.ray.bridge;

import io.ray.api.Ray;
import io.ray.api.runtime.RayRuntime;
import io.ray.api.runtime.RayRuntimeFactory;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Ray has no words for and must be set from inside: none of it is needed to run tasks, and a
 * release that is made otherwise is louder or less patient, no more.
 */
final class RayInsides {
  private static final String CORE = "core_worker_library_java";
  private static final int WARNING = 1;

  private RayInsides() {}

  /**
   * Loads Ray's native code, which does three things otherwise that no driver wants: it tells on
   * standard error how it connects, before its logging, to a file, is set up; it ends the process
   * with code 1 when the head has been silent for a minute, whatever else goes on there; and it
   * leaves 41 MB in /tmp/ray.
   */
  static void prepare() {
    try {
      set(Class.forName("io.ray.runtime.util.LoggingUtil").getDeclaredField("setup"), true);
      Jna.call("setenv", "RAY_gcs_rpc_server_reconnect_timeout_s", "86400", 0);
      Path folder = Files.createTempDirectory("reprise-ray-");
      try {
        Class.forName("io.ray.runtime.util.JniUtils")
            .getMethod("loadLibrary", String.class, String.class, boolean.class)
            .invoke(null, folder.toString(), CORE, true);
        Jna.setInt(
            folder.resolve(System.mapLibraryName(CORE)),
            "_ZN3ray6RayLog19severity_threshold_E",
            WARNING);
      } finally {
        remove(folder); // what is loaded needs no name any more
      }
    } catch (ReflectiveOperationException | IOException | RuntimeException | LinkageError e) {
      // Then Ray goes its own way.
    }
  }

  /**
   * To be called when the process is about to end: lets it end without destroying what Ray's native
   * threads, which nobody stops, still use. They would crash it, and its exit code with it.
   */
  static void endAtOnce() {
    try {
      Jna.call("on_exit", Jna.function("_exit"), null);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      // Then it may end in a crash, with everything done.
    }
  }

  /**
   * Does what {@code Ray.init} does, but for its shutdown hook: that waits for a head which may be
   * gone, and with it the end of the process would.
   */
  static RayRuntime start() {
    RayRuntimeFactory factory;
    Field runtime;
    try {
      runtime = Ray.class.getDeclaredField("runtime");
      runtime.setAccessible(true);
      factory =
          Class.forName("io.ray.runtime.DefaultRayRuntimeFactory")
              .asSubclass(RayRuntimeFactory.class)
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException | RuntimeException e) {
      Ray.init();
      return Ray.internal();
    }
    RayRuntime started = factory.createRayRuntime();
    set(runtime, started);
    return started;
  }

  private static void set(Field field, Object value) {
    try {
      field.setAccessible(true);
      field.set(null, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // it was made accessible
    }
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
