package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Questions to the database of a run, across all schemas. */
final class Sql implements AutoCloseable {
    private final Connection connection;

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    Sql(Ground ground) throws SQLException, IOException {
        this.connection = ground.openSql();
        connection.setReadOnly(true);
    }

    <T> List<T> rows(String query, Row<T> reader) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        }
        return rows;
    }

    /** The first column of all rows, as text. */
    List<String> texts(String query) throws SQLException {
        return rows(query, row -> String.valueOf(row.getString(1)));
    }

    long count(String from) throws SQLException {
        return rows("select count(*) from " + from, row -> row.getLong(1)).getFirst();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
