package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.HostName;
import dev.reprise.cache.store.FileResultStore;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * What an executor is asked before it gets work: whether it reaches the store, and which jars it
 * has.
 */
final class Prelude extends AbstractFunction1<Iterator<byte[]>, byte[]> implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int VERSION = 1;

  static byte[] question(Path store) {
    return new ByteWriter().putString(store.toString()).toByteArray();
  }

  /**
   * What was found.
   *
   * @param host name of the executor's machine
   * @param java its version of Java
   * @param trouble why the store cannot be used; empty if it can be
   * @param artifacts names of its jars without versions
   */
  record Found(String host, int java, String trouble, Set<String> artifacts) {
    static Found of(ByteReader from) throws BadRecordException {
      int version = from.getByte();
      if (version != VERSION) {
        throw new BadRecordException("version " + version);
      }
      String host = from.getString();
      int java = from.getInt();
      String trouble = from.getString();
      Set<String> artifacts = new TreeSet<>();
      int count = from.getInt();
      for (int i = 0; i < count; i++) {
        artifacts.add(from.getString());
      }
      return new Found(host, java, trouble, artifacts);
    }

    byte[] toBytes() {
      ByteWriter to = new ByteWriter().putByte(VERSION).putString(host).putInt(java);
      to.putString(trouble).putInt(artifacts.size());
      artifacts.forEach(to::putString);
      return to.toByteArray();
    }
  }

  @Override
  public byte[] apply(Iterator<byte[]> question) {
    String trouble = "";
    try {
      Path store = Path.of(new ByteReader(question.next()).getString());
      FileResultStore.open(store, FileResultStore.Settings.STANDARD);
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
    } catch (BadRecordException e) {
      trouble = "the question cannot be read: " + e.getMessage();
    }
    Set<String> artifacts = new TreeSet<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        artifacts.add(Shipping.artifact(Path.of(entry)));
      }
    }
    return new Found(HostName.find(), Runtime.version().feature(), trouble, artifacts).toBytes();
  }
}
