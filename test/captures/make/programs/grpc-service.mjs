// A service without generated code: messages are bytes.
const identity = (message) => message;

function method(path, requestStream, responseStream) {
	return {
		path,
		requestStream,
		responseStream,
		requestSerialize: identity,
		requestDeserialize: identity,
		responseSerialize: identity,
		responseDeserialize: identity,
	};
}

export const shop = {
	Get: method('/shop.Cart/Get', false, false),
	Pack: method('/shop.Cart/Pack', false, false),
	Fail: method('/shop.Cart/Fail', false, false),
	Hang: method('/shop.Cart/Hang', false, false),
	Upload: method('/shop.Cart/Upload', true, false),
	List: method('/shop.Cart/List', false, true),
	Break: method('/shop.Cart/Break', false, true),
	Chat: method('/shop.Cart/Chat', true, true),
};
