create table letters (id int primary key, text text not null);
