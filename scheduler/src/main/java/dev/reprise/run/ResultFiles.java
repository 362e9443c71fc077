package dev.reprise.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Writes values in the form that a file's name asks for; found by {@code ServiceLoader}. */
public interface ResultFiles {
  /**
   * Writes values one after another: tables as one table, text, bytes and files as they are.
   *
   * @param result its name, for messages
   * @param values closed by the caller
   * @param as a file name
   * @throws IOException if the values have no such form, or cannot be written
   */
  void write(String result, Iterator<? extends @Nullable Object> values, Path as, OutputStream to)
      throws IOException;
}
