// Go's crypto/tls: a goroutine a connection.
// Usage: server CHAIN KEY echo|discard. Says "ready PORT", ends with its standard input.
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// Smaller where memory is measured, as for all who keep a buffer for each connection.
var chunkBytes = 64 * 1024

func serve(connection net.Conn, echo bool) {
	defer connection.Close()
	chunk := make([]byte, chunkBytes)
	for {
		n, err := connection.Read(chunk)
		if n > 0 && echo {
			if _, failed := connection.Write(chunk[:n]); failed != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func main() {
	pair, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
	if err != nil {
		panic(err)
	}
	echo := os.Args[3] == "echo"
	if len(os.Args) > 4 {
		chunkBytes, _ = strconv.Atoi(os.Args[4])
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0") // the backlog is the system's
	if err != nil {
		panic(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				continue
			}
			go serve(tls.Server(connection, config), echo)
		}
	}()
	fmt.Println("ready", listener.Addr().(*net.TCPAddr).Port)
	questions := bufio.NewReader(os.Stdin)
	for {
		question, err := questions.ReadString('\n')
		if err == io.EOF {
			return
		}
		if question == "settle\n" {
			debug.FreeOSMemory() // collects first
		} else {
			runtime.GC()
		}
		fmt.Println(0)
	}
}
