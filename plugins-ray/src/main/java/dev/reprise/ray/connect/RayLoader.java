package dev.reprise.ray.connect;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the cluster's jar and the classes that call it, apart from the rest of the process: the jar
 * carries a logging of its own and old versions of much else. Of the rest it sees the JDK and our
 * interface.
 */
final class RayLoader extends URLClassLoader {
  private static final String OURS = "dev.reprise.";
  private static final String BRIDGE = "dev.reprise.ray.bridge.";
  private static final String BOOTSTRAP = "dev.reprise.ray.bootstrap.";

  private final ClassLoader ours;

  static {
    registerAsParallelCapable();
  }

  RayLoader(Path rayJar) {
    super("reprise-ray", new URL[] {url(rayJar)}, ClassLoader.getPlatformClassLoader());
    this.ours = RayLoader.class.getClassLoader();
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("no jar has the name " + jar, e);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith(BRIDGE) || name.startsWith(BOOTSTRAP)) {
      byte[] bytes = bytes(name);
      return defineClass(name, bytes, 0, bytes.length);
    }
    return name.startsWith(OURS) ? ours.loadClass(name) : super.findClass(name);
  }

  /** Ray sets up its own logging later; before that nobody needs to hear how logging is set up. */
  @Override
  public @Nullable URL getResource(String name) {
    return name.equals("log4j2.xml")
        ? RayLoader.class.getResource("log4j2-quiet.xml")
        : super.getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    URL own = name.equals("log4j2.xml") ? getResource(name) : null;
    return own == null ? super.getResources(name) : Collections.enumeration(List.of(own));
  }

  private byte[] bytes(String name) throws ClassNotFoundException {
    try (InputStream in = ours.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
