package dev.reprise.cache.code;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the running JDK, told by package: no class path is searched for them. Looks
 * through the modules when it is first asked.
 */
final class JdkClasses {
  private @Nullable Map<String, Module> modules;

  boolean contains(String className) {
    return className.startsWith("java/") || module(className) != null;
  }

  /** The class file, or null if the JDK has no such class. */
  byte @Nullable [] read(String className) throws IOException {
    Module module = module(className);
    if (module == null) {
      return null;
    }
    try (InputStream in = module.getResourceAsStream(Names.classFile(className))) {
      return in == null ? null : in.readAllBytes();
    }
  }

  private @Nullable Module module(String className) {
    if (modules == null) {
      modules = modules();
    }
    int end = className.lastIndexOf('/');
    return end < 0 ? null : modules.get(Names.binary(className.substring(0, end)));
  }

  private static Map<String, Module> modules() {
    Map<String, Module> byPackage = new HashMap<>();
    ModuleLayer boot = ModuleLayer.boot();
    for (ResolvedModule resolved : boot.configuration().modules()) {
      ModuleReference reference = resolved.reference();
      boolean inJdk = reference.location().filter(at -> at.getScheme().equals("jrt")).isPresent();
      if (inJdk) {
        Module module = boot.findModule(resolved.name()).orElseThrow();
        reference.descriptor().packages().forEach(each -> byPackage.put(each, module));
      }
    }
    return byPackage;
  }
}
