package dev.reprise.spark.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.reprise.spark.code.CodeTable.CodeFile;
import dev.reprise.spark.code.CodeTable.Origin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an executor remembers of the comparison with the driver's code. */
class CodeCheckTest {
  private static final byte[] BYTES = {1, 2, 3};

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private byte[] found = BYTES;
  private boolean readable = true;

  /** As an executor's class loader finds a class file that cannot be read now and then. */
  private final ClassLoader executors =
      new ClassLoader(null) {
        @Override
        public URL getResource(String path) {
          try {
            return new URL(null, "test:" + path, new Handler());
          } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
          }
        }
      };

  private final class Handler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {}

        @Override
        public InputStream getInputStream() throws IOException {
          if (!readable) {
            throw new IOException("Too many open files");
          }
          return new ByteArrayInputStream(found);
        }
      };
    }
  }

  @BeforeEach
  void enter() {
    Thread.currentThread().setContextClassLoader(executors);
  }

  @AfterEach
  void leave() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** Of a class that no other test asks for. */
  private static byte[] table(String path) {
    return new CodeTable(
            List.of(new Origin("/drivers.jar", Digests.of(BYTES))),
            List.of(new CodeFile(path, 0, Digests.of(BYTES))),
            List.of())
        .toBytes();
  }

  @Test
  void trouble_codeCannotBeReadForAMoment_isAskedForAgain() throws Exception {
    byte[] table = table("com/acme/Passing.class");
    readable = false;
    assertThatIOException()
        .isThrownBy(() -> CodeCheck.trouble(table))
        .withMessageContaining("code cannot be read on")
        .withMessageContaining("Too many open files");

    readable = true;
    assertThat(CodeCheck.trouble(table)).isEmpty();
  }

  @Test
  void trouble_classIsAnother_staysSoAsItIsLoaded() throws Exception {
    byte[] table = table("com/acme/Other.class");
    found = new byte[] {4};
    assertThat(CodeCheck.trouble(table)).contains("another class com.acme.Other");

    found = BYTES;
    assertThat(CodeCheck.trouble(table)).contains("another class com.acme.Other");
  }
}
